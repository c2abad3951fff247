package dev.understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `status`: the fleet in five lines.
@Command(
        name = "status",
        description = "The state of the whole fleet.",
        mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin private final Connection connection = new Connection();

    @Override
    public Integer call() {
        Terminal terminal = connection.terminal();
        Api api = connection.api();
        Json status = api.get("/status");
        Json risk = api.get("/patches/summary");
        if (terminal.json()) {
            terminal.line("{\"status\":%s,\"risk\":%s}", status.pretty(), risk.pretty());
            return 0;
        }
        if (status.at("stop").present()) {
            terminal.line("%s", StopAllCommand.sentence(status.at("stop")));
        }
        EscalationsCommand.lines(status.list("escalations"))
                .forEach(line -> terminal.line("%s", line));
        terminal.line(
                "%-18s %s, %s need security patches",
                "Hosts", risk.text("hosts"), risk.text("hostsWithSecurityPatches"));
        terminal.line(
                "%-18s %s (%s for security), fixing %s CVEs",
                "Pending patches",
                risk.text("pendingPatches"),
                risk.text("securityPatches"),
                risk.text("cves"));
        terminal.line(
                "%-18s %s",
                "Known exploited",
                risk.text("knownExploited").isEmpty() ? "unknown" : risk.text("knownExploited"));
        terminal.line(
                "%-18s %s",
                "Earliest deadline", Terminal.time(risk.instant("earliest.due").orElse(null)));
        terminal.line("%-18s %s", "Knowledge", risk.text("coverage"));
        int stuck = status.list("eventsParked").size();
        int failing = status.list("jobsFailing").size();
        terminal.line(
                "%-18s %d waiting, %d stuck; %d jobs fail%s",
                "Events",
                status.number("eventsWaiting"),
                stuck,
                failing,
                stuck + failing == 0 ? "" : " (see: understudy events)");
        terminal.line(
                "%-18s entry %s, %s",
                "Audit trail", status.text("audit.sequence"), status.text("audit.hash"));
        return 0;
    }
}
