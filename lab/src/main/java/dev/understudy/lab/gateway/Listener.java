package dev.understudy.lab.gateway;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Semaphore;

/// Accepts connections on one socket and holds each conversation in a virtual thread of its own, up
/// to a bound; further ones wait in the socket's queue.
final class Listener implements AutoCloseable {
    private static final int MOST_AT_ONCE = 512;

    private final ServerSocket socket;
    private final Semaphore free = new Semaphore(MOST_AT_ONCE);

    /// What is done with one connection, which is closed afterwards.
    interface Conversation {
        void hold(Socket client) throws IOException, InterruptedException;
    }

    private Listener(ServerSocket socket) {
        this.socket = socket;
    }

    static Listener start(ServerSocket socket, String name, Conversation conversation) {
        var listener = new Listener(socket);
        Thread.ofPlatform().name(name).daemon().start(() -> listener.accept(conversation));
        return listener;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept(Conversation conversation) {
        while (!socket.isClosed()) {
            try {
                free.acquire();
                var client = socket.accept();
                Thread.ofVirtual().start(() -> hold(client, conversation));
            } catch (IOException e) {
                free.release();
                if (!socket.isClosed()) {
                    System.err.println("Cannot accept a connection: " + e);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void hold(Socket client, Conversation conversation) {
        try (client) {
            conversation.hold(client);
        } catch (IOException e) {
            System.err.println("A connection ended: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            free.release();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
