package dev.understudy.protocol;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// One message of each kind, small and whole.
final class Examples {
    static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    static final String KEY_ID = "0123456789abcdef0123456789abcdef";
    static final Plan PLAN =
            new Plan(
                    List.of(
                            new PackageChange("openssl", "amd64", "3.0.16-1", "3.0.17-1~deb12u2"),
                            new PackageChange("libssl3", "amd64", "3.0.16-1", "3.0.17-1~deb12u2"),
                            new PackageChange("new-package", "all", null, "1.0")));

    private Examples() {}

    static List<OrderBody> bodies() {
        return List.of(
                new OrderBody.Refresh(),
                new OrderBody.Rehearse(PLAN, Duration.ofSeconds(5), Duration.ofMinutes(20)),
                new OrderBody.Apply(
                        PLAN,
                        OrderId.random(),
                        Duration.ofSeconds(30),
                        Duration.ofHours(1),
                        OrderBody.RebootPolicy.WHEN_NEEDED),
                new OrderBody.Restore("2b1f0c8e-checkpoint"),
                new OrderBody.Apply(
                        PLAN,
                        OrderId.random(),
                        Duration.ofSeconds(30),
                        Duration.ofHours(1),
                        OrderBody.RebootPolicy.NEVER,
                        new OrderBody.Acceptance(PLAN.digest(), "ada", "no overlayfs there")),
                new OrderBody.Apply(
                        PLAN,
                        OrderId.random(),
                        Duration.ofSeconds(30),
                        Duration.ofHours(1),
                        OrderBody.RebootPolicy.NEVER,
                        null,
                        new Triage(Duration.ofMinutes(2), 64 << 20, false)),
                new OrderBody.RestartUnits(List.of("nginx.service", "getty@tty1.service")),
                new OrderBody.Reboot());
    }

    static Order order(OrderBody body) {
        return new Order(
                OrderId.random(),
                HostId.random(),
                NOON,
                NOON.plus(Duration.ofMinutes(15)),
                "nonce-nonce-nonce-1",
                body);
    }

    static List<Report> reports() {
        CheckResult sick =
                new CheckResult(
                        "unit", "nginx.service", CheckResult.Health.UNHEALTHY, "failed (\"x\")");
        List<PhaseTime> timings = List.of(new PhaseTime("apply", Duration.ofMillis(15_700)));
        return List.of(
                new Report.Accepted(),
                new Report.Refused(Report.Refusal.EXPIRED, "it ended an hour ago"),
                new Report.Progress("download", ""),
                new Report.Failed("the disk is gone"),
                new Report.Refreshed(24),
                new Report.Rehearsed(
                        new RehearsalResult(
                                RehearsalResult.Verdict.FAILED,
                                PLAN.digest(),
                                List.of("nginx.service does not start"),
                                List.of(sick),
                                41,
                                1204,
                                List.of("/etc/nginx/nginx.conf"),
                                PLAN.changes(),
                                0,
                                List.of(),
                                161_000_000L,
                                timings)),
                new Report.Applied(
                        new ApplyResult(
                                ApplyResult.Outcome.NOT_IN_EFFECT,
                                PLAN.digest(),
                                "checkpoint-1",
                                List.of("sshd still maps the old libcrypto"),
                                List.of(),
                                42,
                                List.of(
                                        new StaleProcess(
                                                "sshd",
                                                "ssh.service",
                                                List.of("/usr/lib/libcrypto.so.3"))),
                                List.of("dbus cannot be restarted"),
                                timings,
                                List.of(
                                        new Clue(
                                                Clue.Kind.OWNER,
                                                "openssh-server",
                                                "ssh.service is a unit of openssh-server.")),
                                new TriageOutcome.Kept(
                                        "/var/lib/understudy/triage/1.zip",
                                        "0".repeat(64),
                                        1_048_576,
                                        List.of("journal: cut after 1 MB")))),
                new Report.Restored(
                        new RestoreResult(
                                true,
                                "checkpoint-1",
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(sick),
                                timings)),
                new Report.UnitsRestarted(List.of(sick)),
                new Report.Rebooted("6.1.0-40-amd64"));
    }

    static CheckIn checkIn() {
        List<AgentEvent> events = new java.util.ArrayList<>();
        for (Report report : reports()) {
            events.add(new AgentEvent(events.size() + 1L, NOON, OrderId.random(), report));
        }
        return new CheckIn(
                "0.1.0",
                "5a1f6f2e-boot",
                Digests.sha256("inventory"),
                null,
                events,
                List.of(new CheckpointInfo("checkpoint-1", NOON, PLAN.digest(), 194L << 20)),
                7L,
                Digests.sha256("quarantine"));
    }

    static CheckInAnswer answer(List<SignedOrder> orders) {
        return new CheckInAnswer(
                NOON,
                Duration.ofSeconds(60),
                NOON.plus(Duration.ofMinutes(5)),
                true,
                7,
                false,
                orders,
                null,
                QuarantineNotice.of(
                        List.of(
                                new QuarantinedVersion(
                                        "bookworm", "nginx", "1.22.1-9+deb12u3", null, "503s"),
                                new QuarantinedVersion(
                                        "bookworm",
                                        "openssl",
                                        "3.0.17-1~deb12u3",
                                        Digests.sha256("makeup"),
                                        "ssh.service failed"))));
    }

    static KeyPair key() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
