package dev.understudy.agent.health;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.system.Network;
import dev.understudy.protocol.ListeningSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Asks ports and addresses inside a place. In another place than the host, with a network of its
/// own, the threads that ask enter that network.
final class Conversations {
    private static final int AT_MOST = 200;

    /// Talking to these without logging in counts against the peer, or they serve one peer only.
    private static final Set<String> LEFT_ALONE = Set.of("mysqld", "mariadbd", "cupsd", "lpd");

    private final Place place;
    private final List<String> problems = new ArrayList<>();

    Conversations(Place place) {
        this.place = place;
    }

    /// What could not be asked, in sentences.
    List<String> problems() {
        return List.copyOf(problems);
    }

    List<HealthSample.Answer> withListeners(List<ListeningSocket> sockets)
            throws InterruptedException {
        List<ListeningSocket> asked =
                sockets.stream()
                        .filter(socket -> socket.protocol().equals("tcp"))
                        .filter(socket -> !LEFT_ALONE.contains(socket.process()))
                        .limit(AT_MOST)
                        .toList();
        List<String> answers =
                ask(
                        asked.stream()
                                .map(
                                        socket ->
                                                "talk|%s|%d|%s"
                                                        .formatted(
                                                                reachable(socket.address()),
                                                                socket.port(),
                                                                socket.process()))
                                .toList());
        List<HealthSample.Answer> found = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            ListeningSocket socket = asked.get(i);
            found.add(
                    new HealthSample.Answer(
                            socket.address(), socket.port(), socket.process(), answers.get(i)));
        }
        return found;
    }

    /// One answer for each question, in order; none at all if they could not be asked.
    List<String> ask(List<String> questions) throws InterruptedException {
        if (questions.isEmpty()) {
            return List.of();
        }
        try {
            Network network = new Network(place);
            return Ask.all(
                    questions, HealthChecks.isHost(place) ? () -> {} : () -> network.enter());
        } catch (IOException e) {
            problems.add("The ports could not be asked: " + e.getMessage());
            return List.of();
        }
    }

    /// A wildcard address is reached over loopback.
    private static String reachable(String address) {
        return switch (address) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            case String own -> own;
        };
    }
}
