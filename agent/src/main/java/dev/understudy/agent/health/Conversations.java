package dev.understudy.agent.health;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.protocol.ListeningSocket;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Asks ports and addresses inside a place. The host is asked directly; in another place, with a
/// network of its own, our own Java is started there ([Ask]), since nothing else is sure to exist.
final class Conversations {
    private static final int AT_MOST = 200;
    private static final Duration LIMIT = Duration.ofSeconds(60);

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
        if (HealthChecks.isHost(place)) {
            return Ask.all(questions);
        }
        Output output = place.run(Command.of(java(questions)).within(LIMIT));
        List<String> answers = output.stdout().lines().toList();
        if (!output.whole() || answers.size() != questions.size()) {
            problems.add("The ports could not be asked: " + output.tail());
            return List.of();
        }
        return answers;
    }

    /// A wildcard address is reached over loopback.
    private static String reachable(String address) {
        return switch (address) {
            case "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            case String own -> own;
        };
    }

    private static List<String> java(List<String> questions) {
        String classPath =
                List.of(System.getProperty("java.class.path", "").split(File.pathSeparator))
                        .stream()
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home", "/usr"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
        command.addAll(List.of("-Xshare:auto", "-cp", classPath, Ask.class.getName()));
        command.addAll(questions);
        return command;
    }
}
