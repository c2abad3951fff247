package dev.understudy.agent.health;

import dev.understudy.agent.system.Units;
import dev.understudy.protocol.CheckResult.Health;
import dev.understudy.protocol.ListeningSocket;
import java.util.List;

/// The health of a place at one moment. Means something only beside another sample of the same
/// place (or its twin): see [HealthChecks#compare]. A plain value that can be kept as JSON.
///
/// @param systemd whether the units could be read
/// @param settled whether systemd had finished what it was starting
/// @param answers how each listening TCP port answered
/// @param packageProblems what is wrong with the package database
/// @param unreadable what could not be sampled, in sentences
public record HealthSample(
        boolean systemd,
        boolean settled,
        List<Units.Unit> units,
        List<ListeningSocket> sockets,
        List<Answer> answers,
        List<String> packageProblems,
        List<Probed> probes,
        List<String> unreadable) {

    /// How one port answered: `http 200`, `ssh`, `redis`, `postgresql`, `greeting`, `silent`, or
    /// `refused` with the reason.
    public record Answer(String address, int port, String process, String answer) {}

    /// What one of the owner's probes found.
    public record Probed(String file, Health health, String detail) {}

    public HealthSample {
        units = List.copyOf(units);
        sockets = List.copyOf(sockets);
        answers = List.copyOf(answers);
        packageProblems = List.copyOf(packageProblems);
        probes = List.copyOf(probes);
        unreadable = List.copyOf(unreadable);
    }
}
