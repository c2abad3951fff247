package dev.understudy.agent.health;

import static dev.understudy.protocol.CheckResult.Health.HEALTHY;
import static dev.understudy.protocol.CheckResult.Health.UNHEALTHY;
import static dev.understudy.protocol.CheckResult.Health.UNKNOWN;

import dev.understudy.agent.exec.Command;
import dev.understudy.agent.exec.Output;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.health.HealthSample.Probed;
import dev.understudy.agent.settings.RootsOnly;
import dev.understudy.protocol.CheckResult.Health;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs the probes of a folder in a place. A probe that cannot be read or must not be trusted is
/// UNKNOWN, never left out.
final class OwnerProbes {
    private final Place place;
    private final String folder;

    OwnerProbes(Place place, String folder) {
        this.place = place;
        this.folder = folder;
    }

    List<Probed> run() throws InterruptedException {
        Path path = place.path(folder);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        try (var found = Files.newDirectoryStream(path, "*.json")) {
            found.forEach(files::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of(new Probed(folder, UNKNOWN, "the folder cannot be listed: " + e));
        }
        files.sort(null);
        List<Probed> probed = new ArrayList<>();
        for (Path file : files) {
            probed.add(run(file));
        }
        return probed;
    }

    private Probed run(Path file) throws InterruptedException {
        String name = String.valueOf(file.getFileName());
        OwnerProbe probe;
        try {
            RootsOnly.require(place.path(folder));
            RootsOnly.require(file);
            probe = OwnerProbe.parse(Files.readString(file));
            if (probe instanceof OwnerProbe.Script(String script, _)) {
                RootsOnly.require(place.path(script));
            }
        } catch (IOException | IllegalArgumentException e) {
            return new Probed(
                    name, UNKNOWN, "%s/%s cannot be used: %s".formatted(folder, name, reason(e)));
        }
        return switch (probe) {
            case OwnerProbe.Http http -> http(name, http);
            case OwnerProbe.Tcp tcp -> tcp(name, tcp);
            case OwnerProbe.Unit unit -> unit(name, unit);
            case OwnerProbe.Script script -> script(name, script);
        };
    }

    private Probed http(String name, OwnerProbe.Http probe) throws InterruptedException {
        String answer = ask("http|" + probe.url());
        String status = answer.replaceFirst("^https? ", "");
        boolean expected =
                status.matches("[1-5][0-9]{2}") && status.matches(probe.status().replace("x", "."));
        return new Probed(
                name,
                verdict(answer, expected),
                "%s answered '%s', expected %s".formatted(probe.url(), answer, probe.status()));
    }

    private Probed tcp(String name, OwnerProbe.Tcp probe) throws InterruptedException {
        String answer = ask("tcp|%s|%d".formatted(probe.host(), probe.port()));
        return new Probed(
                name,
                verdict(answer, answer.equals("connected")),
                "%s:%d: %s".formatted(probe.host(), probe.port(), answer));
    }

    private Probed unit(String name, OwnerProbe.Unit probe) throws InterruptedException {
        Output output =
                place.run(
                        Command.of(
                                "systemctl",
                                "show",
                                "--value",
                                "-p",
                                "ActiveState",
                                "--",
                                probe.unit()));
        if (!output.whole()) {
            return new Probed(name, UNKNOWN, "systemd does not answer: " + output.tail());
        }
        String state = output.stdout().strip();
        Health health = state.equals("active") ? HEALTHY : UNHEALTHY;
        return new Probed(name, health, "%s is %s".formatted(probe.unit(), state));
    }

    private Probed script(String name, OwnerProbe.Script probe) throws InterruptedException {
        Output output = place.run(Command.of(probe.path()).within(probe.limit()));
        if (output.succeeded()) {
            return new Probed(name, HEALTHY, probe.path() + " succeeded");
        }
        boolean cannotRun = output.exitCode() == 126 || output.exitCode() == 127;
        return new Probed(
                name,
                cannotRun ? UNKNOWN : UNHEALTHY,
                "%s ended with exit code %d: %s"
                        .formatted(probe.path(), output.exitCode(), output.tail()));
    }

    /// The one answer; empty when the question could not be put.
    private String ask(String question) throws InterruptedException {
        List<String> answers = new Conversations(place).ask(List.of(question));
        return answers.isEmpty() ? "" : answers.getFirst();
    }

    private static Health verdict(String answer, boolean expected) {
        return answer.isEmpty() ? UNKNOWN : expected ? HEALTHY : UNHEALTHY;
    }

    private static String reason(Exception e) {
        return e instanceof IOException ? e.toString() : String.valueOf(e.getMessage());
    }
}
