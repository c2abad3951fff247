package dev.understudy.lab.gateway;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Opens listening sockets inside another network namespace.
///
/// A socket belongs to the namespace that its thread was in when it was made. So one thread enters
/// the namespace, makes the socket and ends; the process itself stays where it is, and so do the
/// connections that it makes.
final class NetworkNamespace {
    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final int BACKLOG = 256;
    private static final MemoryLayout ERROR_STATE = Linker.Option.captureStateLayout();
    private static final MethodHandle OPEN = open();
    private static final MethodHandle SETNS = function("setns", JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT);

    private NetworkNamespace() {}

    /// @param namespace a file like /run/netns/NAME
    static ServerSocket listen(Path namespace, InetSocketAddress address) throws IOException {
        var task = new FutureTask<>(() -> enterAndListen(namespace, address));
        Thread.ofPlatform().name("listen " + address).start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException("Cannot listen on %s in %s".formatted(address, namespace), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        }
    }

    private static ServerSocket enterAndListen(Path namespace, InetSocketAddress address)
            throws IOException {
        enter(namespace);
        var socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address, BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void enter(Path namespace) throws IOException {
        try (var arena = Arena.ofConfined()) {
            var errors = arena.allocate(ERROR_STATE);
            var path = arena.allocateFrom(namespace.toString());
            int file = (int) OPEN.invokeExact(errors, path, 0);
            require(file, errors, "open " + namespace);
            int entered = (int) SETNS.invokeExact(errors, file, CLONE_NEWNET);
            require(entered, errors, "setns " + namespace);
            int closed = (int) CLOSE.invokeExact(errors, file);
            require(closed, errors, "close " + namespace);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("The call into the C library failed", e);
        }
    }

    private static void require(int result, MemorySegment errors, String call) throws IOException {
        if (result < 0) {
            throw new IOException("%s: errno %d".formatted(call, errors.get(JAVA_INT, 0)));
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle open() {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("open"),
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                Linker.Option.firstVariadicArg(2),
                Linker.Option.captureCallState("errno"));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, MemoryLayout... parameters) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, parameters),
                Linker.Option.captureCallState("errno"));
    }
}
