package dev.understudy.risk;

import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.Ternary;
import dev.understudy.fleet.Criticality;
import dev.understudy.fleet.Exposure;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.DiskSpace;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.ListeningSocket;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.ServiceState;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.exposure.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A Debian web server whose pending upgrades and surroundings a test chooses.
final class SampleHosts {
    static final Instant SEEN = Instant.parse("2026-11-23T12:00:00Z");

    final List<InstalledPackage> packages = new ArrayList<>();
    final List<PendingUpgrade> pending = new ArrayList<>();
    final List<ListeningSocket> sockets = new ArrayList<>();
    final List<String> rebootReasons = new ArrayList<>();
    final Map<String, CveFacts> facts = new HashMap<>();
    final List<Statement> advisories = new ArrayList<>();
    private DeadlineTerms terms = DeadlineTerms.USUAL;
    Exposure exposure = Exposure.INTERNET;
    Criticality criticality = Criticality.MEDIUM;
    Capabilities.Mode mode = Capabilities.Mode.MANAGED;
    @Nullable Instant metadataAsOf = Instant.parse("2026-11-23T06:00:00Z");

    SampleHosts listening(String process, String address, int port) {
        sockets.add(new ListeningSocket("tcp", address, port, process, process + ".service"));
        return this;
    }

    SampleHosts pending(String name, String source, String from, String to, String... cves) {
        return pending(name, source, from, to, PendingUpgrade.Blocked.NONE, true, cves);
    }

    SampleHosts pending(
            String name,
            String source,
            String from,
            String to,
            PendingUpgrade.Blocked blocked,
            boolean security,
            String... cves) {
        packages.add(new InstalledPackage(name, "amd64", from, source, from, "ii"));
        pending.add(
                new PendingUpgrade(
                        name,
                        "amd64",
                        from,
                        to,
                        source,
                        to,
                        "Debian",
                        security ? "Debian-Security" : "Debian",
                        security ? "bookworm-security" : "bookworm",
                        security,
                        blocked,
                        List.of(cves),
                        true,
                        1_000_000));
        return this;
    }

    SampleHosts installed(String name, String source, String version) {
        packages.add(new InstalledPackage(name, "amd64", version, source, version, "ii"));
        return this;
    }

    SampleHosts knownExploited(String cve, String listed, Ternary automatable, Ternary total) {
        facts.put(
                cve,
                new CveFacts(
                        cve,
                        Ternary.YES,
                        LocalDate.parse(listed),
                        null,
                        Ternary.UNKNOWN,
                        null,
                        "active",
                        automatable,
                        total,
                        null,
                        "",
                        null,
                        null));
        return this;
    }

    SampleHosts scored(String cve, double epss, Ternary automatable, Ternary total) {
        facts.put(
                cve,
                new CveFacts(
                        cve,
                        Ternary.NO,
                        null,
                        null,
                        Ternary.UNKNOWN,
                        new CveFacts.Score(epss, 0.9, "v5", Instant.parse("2026-11-22T00:00:00Z")),
                        "none",
                        automatable,
                        total,
                        null,
                        "",
                        null,
                        null));
        return this;
    }

    SampleHosts under(DeadlineRule rule, FindingException... exceptions) {
        terms = new DeadlineTerms(rule, List.of(exceptions));
        return this;
    }

    SampleHosts advisory(String id, String source, @Nullable String fixed, String... cves) {
        advisories.add(
                new Statement(
                        advisories.size(),
                        "osv-debian",
                        id,
                        "bookworm",
                        source,
                        "0",
                        fixed,
                        null,
                        "",
                        List.of(cves),
                        Instant.parse("2026-11-19T00:00:00Z"),
                        SEEN,
                        ""));
        return this;
    }

    Inventory inventory() {
        return new Inventory(
                new Platform("debian", "12", "bookworm", "Debian GNU/Linux 12", "amd64", "kvm"),
                new Kernel("6.1.0-25-amd64", List.of("6.1.0-25-amd64")),
                packages,
                pending,
                List.of(new ServiceState("cron.service", "enabled", "active", "running")),
                sockets,
                List.of(new DiskSpace("/", 10L << 30, 5L << 30)),
                List.of(),
                rebootReasons,
                new Capabilities("apt", true, "", mode, List.of()),
                metadataAsOf);
    }

    AssessedHost assessed() {
        Inventory inventory = inventory();
        Map<PatchId, Instant> firstSeen = new HashMap<>();
        pending.forEach(each -> firstSeen.put(GroupPending.idOf("bookworm", each), SEEN));
        MatchShape match = new MatchShape(VersionOrder.DPKG);
        return new AssessedHost(
                MatchedHost.of(
                        "bookworm",
                        exposure,
                        inventory,
                        match.findings(inventory.packages(), "bookworm", (_, _) -> advisories),
                        match),
                exposure,
                criticality,
                facts,
                firstSeen,
                terms);
    }

    List<HostPatch> ranked() {
        return new RankPatches(HazardSettings.USUAL).rank(assessed());
    }
}
