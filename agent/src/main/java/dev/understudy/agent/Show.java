package dev.understudy.agent;

import dev.understudy.agent.checkpoint.Kept;
import dev.understudy.agent.exec.LiveHost;
import dev.understudy.agent.facts.Facts;
import dev.understudy.agent.orders.Entry;
import dev.understudy.agent.orders.Journal;
import dev.understudy.agent.orders.LocalPolicy;
import dev.understudy.agent.orders.Sentences;
import dev.understudy.agent.packages.AutomaticUpgrades;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.CheckpointInfo;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.QuarantinedVersion;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.Wire;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the agent knows, for people on the host and, as JSON, for programs. Changes nothing.
final class Show {
    private final PrintStream out;

    Show(PrintStream out) {
        this.out = out;
    }

    int facts(Agent agent, boolean json) throws PackageManagerException, InterruptedException {
        Facts.Collected collected = agent.facts.collect(agent.capabilities());
        Inventory inventory = collected.inventory();
        if (json) {
            out.println(new String(Wire.encode(inventory), StandardCharsets.UTF_8));
            return Main.OK;
        }
        out.printf(
                "%s (%s, %s)%n",
                inventory.platform().prettyName(),
                inventory.platform().architecture(),
                inventory.platform().virtualization());
        out.printf(
                "kernel %s runs; installed: %s%n",
                inventory.kernel().running(), inventory.kernel().installed());
        out.printf(
                "%d packages, %d upgrades pending (%d of them security), lists of %s%n",
                inventory.packages().size(),
                inventory.pending().size(),
                inventory.pending().stream().filter(PendingUpgrade::security).count(),
                inventory.metadataAsOf() == null ? "never" : inventory.metadataAsOf());
        out.printf(
                "%d services, %d listening sockets%n",
                inventory.services().size(), inventory.sockets().size());
        inventory
                .staleProcesses()
                .forEach(
                        p ->
                                out.printf(
                                        "stale: %s (%s) runs %s%n",
                                        p.command(), p.unit(), p.files()));
        inventory.rebootReasons().forEach(reason -> out.println("reboot needed: " + reason));
        out.printf(
                "mode %s; twin %s%n",
                inventory.capabilities().mode(),
                inventory.capabilities().twin()
                        ? "possible"
                        : "not possible: " + inventory.capabilities().twinReason());
        collected.missing().forEach(sentence -> out.println("not known: " + sentence));
        return Main.OK;
    }

    int pending(Agent agent, boolean json) throws PackageManagerException, InterruptedException {
        List<PendingUpgrade> pending =
                agent.facts.collect(agent.capabilities()).inventory().pending();
        for (PendingUpgrade p : pending) {
            if (json) {
                out.println(new String(Wire.encode(p), StandardCharsets.UTF_8));
            } else {
                out.printf(
                        "%-9s %-30s %s → %s %s%s%n",
                        p.security() ? "security" : "",
                        p.name(),
                        p.installedVersion(),
                        p.candidateVersion(),
                        String.join(" ", p.cves()),
                        p.blocked() == PendingUpgrade.Blocked.NONE ? "" : " " + p.blocked());
                agent.quarantine
                        .of(p)
                        .ifPresent(of -> out.printf("%9s in quarantine: %s%n", "", of.reason()));
            }
        }
        return Main.OK;
    }

    int quarantine(Agent agent, boolean json) {
        List<QuarantinedVersion> here = agent.quarantine.here();
        if (here.isEmpty() && !json) {
            out.println("Nothing is in quarantine here.");
        }
        for (QuarantinedVersion each : here) {
            out.println(
                    json
                            ? new String(Wire.encode(each), StandardCharsets.UTF_8)
                            : "%s  %s".formatted(each.patch(), each.reason()));
        }
        return Main.OK;
    }

    int checkpoints(Agent agent, boolean json) throws IOException {
        Kept kept = agent.checkpoints.all();
        for (CheckpointInfo checkpoint : kept.infos()) {
            out.println(
                    json
                            ? new String(Wire.encode(checkpoint), StandardCharsets.UTF_8)
                            : "%s  %s  %d MB"
                                    .formatted(
                                            checkpoint.id(),
                                            local(checkpoint.takenAt()),
                                            checkpoint.bytes() >> 20));
        }
        for (Kept.Damaged checkpoint : kept.damaged()) {
            out.println(
                    json
                            ? new String(Wire.encode(checkpoint), StandardCharsets.UTF_8)
                            : "%s  %s  cannot be restored: %s"
                                    .formatted(
                                            checkpoint.id(),
                                            local(checkpoint.takenAt()),
                                            checkpoint.why()));
        }
        return kept.damaged().isEmpty() ? Main.OK : Main.NOT_GOOD;
    }

    /// The journal in words, or with `json` as it is.
    int orders(Path journal, boolean json) throws IOException {
        for (Entry entry : Journal.history(journal)) {
            if (json) {
                out.println(new String(Wire.encode(entry, Entry.class), StandardCharsets.UTF_8));
                continue;
            }
            String line = inWords(entry);
            if (!line.isEmpty()) {
                out.printf("%s  %s%n", local(entry.at()), line);
            }
        }
        return Main.OK;
    }

    private static String inWords(Entry entry) {
        return switch (entry) {
            case Entry.Enrolled e -> "enrolled as host " + e.host();
            case Entry.Accepted a ->
                    "%s %s%s"
                            .formatted(
                                    a.order().id(),
                                    a.byHand() ? "by hand: " : "ordered: ",
                                    Sentences.of(a.order().body()));
            case Entry.Began b -> "%s attempt %d".formatted(b.order(), b.attempt());
            case Entry.Reached r -> "%s %s %s".formatted(r.order(), r.step(), r.detail());
            case Entry.Reported r -> reported(r.order(), r.report());
            case Entry.Forgotten e ->
                    "the control plane was put back and has events up to %d only"
                            .formatted(e.sequence());
            case Entry.Continued _, Entry.Known _, Entry.Acknowledged _ -> "";
        };
    }

    private static String reported(@Nullable OrderId order, Report report) {
        return report instanceof Report.Accepted
                ? ""
                : "%s %s".formatted(order == null ? "-" : order, Sentences.of(report));
    }

    int policy(Path file) throws InterruptedException {
        LocalPolicy policy = LocalPolicy.read(file);
        if (!policy.faults().isEmpty()) {
            policy.faults().forEach(out::println);
            out.println("Until it is mended this host refuses every change.");
            return Main.CONFIGURATION;
        }
        out.printf("%s: mode %s%n", file, policy.mode());
        policy.sentences().forEach(sentence -> out.println("refuses " + sentence));
        if (policy.mode() == Mode.MANAGED) {
            AutomaticUpgrades.warning(new LiveHost())
                    .ifPresent(warning -> out.println("warning: " + warning));
        }
        return Main.OK;
    }

    private static String local(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS)
                .atZone(ZoneId.systemDefault())
                .toLocalDateTime()
                .toString();
    }
}
