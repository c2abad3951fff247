package dev.understudy.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Triage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalPolicyTest {
    /// A Monday.
    private static final ZonedDateTime MONDAY_NOON =
            ZonedDateTime.of(2026, 11, 23, 12, 0, 0, 0, ZoneOffset.UTC);

    @TempDir Path folder;

    @Test
    void onlyObservesWhereThereIsNoFile() {
        LocalPolicy policy = LocalPolicy.read(folder.resolve("policy.json"));
        assertThat(policy.mode()).isEqualTo(Mode.OBSERVE);
        assertThat(policy.faults()).isEmpty();
    }

    @Test
    void readsEveryMember() throws IOException {
        LocalPolicy policy =
                read(
                        """
                        {"mode": "managed", "refusePackages": ["postgresql-*", "linux-image-?"],
                         "refuseReboot": true, "allowUnrehearsed": true,
                         "windows": [{"days": ["mon"], "from": "22:00", "to": "04:30"}],
                         "checkpoints": {"keep": 3, "maxDays": 7, "maxMegabytes": 512}}""");
        assertThat(policy.faults()).isEmpty();
        assertThat(policy.mode()).isEqualTo(Mode.MANAGED);
        assertThat(policy.allowUnrehearsed()).isTrue();
        assertThat(policy.observed().allowUnrehearsed()).isFalse();
        assertThat(read("{\"mode\": \"managed\"}").allowUnrehearsed()).isFalse();
        assertThat(policy.keep()).isEqualTo(new LocalPolicy.Keep(3, 7, 512L << 20));
        assertThat(policy.sentences())
                .containsExactly(
                        "packages postgresql-*",
                        "packages linux-image-?",
                        "reboots",
                        "changes outside [[MONDAY] 22:00-04:30]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "{}",
                "{\"mode\": \"Managed\"}",
                "{\"mode\": \"managd\"}",
                "{\"mode\": 1}",
                "{\"mode\": null}",
                "{\"mode\": \"managed\", \"mode\": \"observe\"}",
                "{\"mode\": \"managed\", \"refusePackges\": [\"x\"]}",
                "{\"mode\": \"managed\", \"refusePackages\": \"nginx\"}",
                "{\"mode\": \"managed\", \"refusePackages\": [\"nginx\", null]}",
                "{\"mode\": \"managed\", \"refusePackages\": [\"ng inx\"]}",
                "{\"mode\": \"managed\", \"refusePackages\": [\"(.*)\"]}",
                "{\"mode\": \"managed\", \"refuseReboot\": \"yes\"}",
                "{\"mode\": \"managed\", \"refuseReboot\": 1}",
                "{\"mode\": \"managed\", \"allowUnrehearsed\": \"yes\"}",
                "{\"mode\": \"managed\", \"windows\": [{\"from\": \"22:00\"}]}",
                "{\"mode\": \"managed\", \"windows\": [{\"from\": \"25:00\", \"to\": \"26:00\"}]}",
                "{\"mode\": \"managed\", \"windows\": [{\"from\": \"01:00\", \"to\": \"01:00\"}]}",
                "{\"mode\": \"managed\", \"windows\": [{\"from\": \"01:00\", \"to\": \"02:00\","
                        + " \"days\": [\"Monday\"]}]}",
                "{\"mode\": \"managed\", \"windows\": [{\"from\": \"01:00\", \"to\": \"02:00\","
                        + " \"days\": []}]}",
                "{\"mode\": \"managed\", \"checkpoints\": {\"keep\": 0}}",
                "{\"mode\": \"managed\", \"checkpoints\": {\"keep\": 1.5}}",
                "{\"mode\": \"managed\", \"checkpoints\": {\"days\": 3}}",
                "{\"mode\": \"managed\"} trailing",
                "// comment\n{\"mode\": \"managed\"}"
            })
    void letsNothingChangeWhenItCannotBeUnderstood(String text) throws IOException {
        LocalPolicy policy = read(text);
        assertThat(policy.mode()).isEqualTo(Mode.OBSERVE);
        assertThat(policy.faults()).hasSize(1);
        assertThat(policy.faults().getFirst()).contains("policy.json");
        for (OrderBody body :
                List.of(
                        Fixture.apply(),
                        new OrderBody.Restore("checkpoint-1"),
                        new OrderBody.RestartUnits(List.of("nginx.service")),
                        new OrderBody.Reboot())) {
            assertThat(policy.refusal(body, MONDAY_NOON)).isPresent();
        }
    }

    @Test
    void namesTheMemberAndTheValueThatAreWrong() throws IOException {
        assertThat(read("{\"mode\": \"managd\"}").faults().getFirst()).contains("mode", "managd");
        assertThat(read("{\"mode\": \"managed\", \"refusePackges\": []}").faults().getFirst())
                .contains("refusePackges", "refusePackages");
        assertThat(read("{\"mode\": \"managed\",\n \"refuseReboot\": \"yes\"}").faults().getFirst())
                .contains("refuseReboot", "\"yes\"");
    }

    @Test
    void refusesAFileThatOthersMayWrite() throws IOException {
        Path file = folder.resolve("policy.json");
        Files.writeString(file, "{\"mode\": \"managed\"}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThat(LocalPolicy.read(file).faults().getFirst()).contains("chmod go-w");
    }

    @Test
    void allowsChangesOnlyWithinTheWindowsAlsoOverMidnight() throws IOException {
        LocalPolicy policy =
                read(
                        """
                        {"mode": "managed", "windows": [
                          {"days": ["mon"], "from": "22:00", "to": "04:00"},
                          {"days": ["wed"], "from": "10:00", "to": "11:00"}]}""");
        assertThat(allowed(policy, MONDAY_NOON)).isFalse();
        assertThat(allowed(policy, MONDAY_NOON.withHour(22))).isTrue();
        assertThat(allowed(policy, MONDAY_NOON.plusDays(1).withHour(3))).isTrue();
        assertThat(allowed(policy, MONDAY_NOON.plusDays(1).withHour(4))).isFalse();
        assertThat(allowed(policy, MONDAY_NOON.withHour(3))).isFalse();
        assertThat(allowed(policy, MONDAY_NOON.plusDays(2).withHour(10))).isTrue();
        assertThat(allowed(policy, MONDAY_NOON.plusDays(2).withHour(11))).isFalse();
    }

    private static boolean allowed(LocalPolicy policy, ZonedDateTime at) {
        return policy.refusal(new OrderBody.Reboot(), at).isEmpty();
    }

    private LocalPolicy read(String text) throws IOException {
        Path file = folder.resolve("policy.json");
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return LocalPolicy.read(file);
    }

    @Test
    void evidenceThatTheOwnerRefusesStopsAnOrderThatCannotDoWithoutIt() throws IOException {
        LocalPolicy policy = read("{\"mode\": \"managed\", \"refuseTriage\": true}");
        assertThat(policy.sentences()).containsExactly("evidence before a change");
        assertThat(policy.refusal(triaged(false), MONDAY_NOON).orElse("")).contains("refuseTriage");
        assertThat(policy.refusal(triaged(true), MONDAY_NOON)).isEmpty();
        assertThat(read("{\"mode\": \"managed\"}").refusal(triaged(false), MONDAY_NOON)).isEmpty();
    }

    private static OrderBody triaged(boolean mayFail) {
        return new OrderBody.Apply(
                new Plan(List.of(new PackageChange("curl", "amd64", "1", "2"))),
                OrderId.random(),
                Duration.ZERO,
                Duration.ofHours(1),
                OrderBody.RebootPolicy.NEVER,
                null,
                new Triage(Duration.ofMinutes(1), 1 << 20, mayFail));
    }
}
