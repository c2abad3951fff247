package dev.understudy.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// HA groups, limits and the sequence of hosts, as people set them.
class HaGroupsTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();
    private TestFleet fleet;
    private final List<HostId> hosts = new ArrayList<>();

    @BeforeEach
    void empty() {
        fleet = TestFleet.on(DATABASE.get(), new ManualClock());
        fleet.database
                .sql(
                        "truncate fleet.ha_groups, fleet.host_sequence, fleet.disruption_budgets cascade")
                .update();
        hosts.clear();
        for (int i = 0; i < 4; i++) {
            hosts.add(fleet.enrol("db-" + i + "-" + System.identityHashCode(this), "db"));
        }
    }

    private static Consumer<Throwable> problem(String code) {
        return thrown ->
                assertThat(thrown)
                        .isInstanceOfSatisfying(
                                Problem.class, p -> assertThat(p.code()).isEqualTo(code));
    }

    private HaGroup put(String name, String quorum, List<HostId> members) {
        return fleet.haGroups.put("token:ann", name, Share.parse(quorum), members);
    }

    @Test
    void keepsMembersAndQuorumAndWritesItDown() {
        long before = fleet.audit.head().sequence();
        assertThat(put("pair", "1", hosts.subList(0, 2)).members())
                .containsExactlyInAnyOrderElementsOf(hosts.subList(0, 2));
        assertThat(fleet.haGroups.add("token:ann", "pair", List.of(hosts.get(2))).mayBeOut())
                .isEqualTo(2);
        assertThat(fleet.haGroups.remove("token:ann", "pair", hosts.get(0)).members()).hasSize(2);
        assertThat(fleet.haGroups.ofHosts()).doesNotContainKey(hosts.get(0));
        fleet.haGroups.delete("token:ann", "pair");
        assertThat(fleet.haGroups.all()).isEmpty();
        assertThat(fleet.audit.head().sequence()).isEqualTo(before + 4);
    }

    @Test
    void aHostIsInOneHaGroupOnly() {
        put("pair", "1", hosts.subList(0, 2));
        assertThatThrownBy(() -> put("other", "1", hosts.subList(1, 3)))
                .satisfies(problem("ha-member-taken"));
        assertThat(fleet.haGroups.find("other")).isEmpty();
    }

    @Test
    void refusesAQuorumThatNeedsAll() {
        for (String quorum : List.of("2", "3", "51%", "100%")) {
            assertThatThrownBy(() -> put("pair", quorum, hosts.subList(0, 2)))
                    .as(quorum)
                    .satisfies(problem("ha-quorum-needs-all"));
        }
        assertThat(put("pair", "50%", hosts.subList(0, 2)).mayBeOut()).isEqualTo(1);
    }

    @Test
    void aRetiredHostIsNoMemberAnyMore() {
        put("three", "1", hosts.subList(0, 3));
        fleet.retireHost.retire("token:ann", hosts.get(0));
        assertThat(fleet.haGroups.get("three").mayBeOut()).isEqualTo(1);
    }

    @Test
    void sharesAreRoundedToTheSafeSide() {
        assertThat(Share.parse("50%").atLeastOf(5)).isEqualTo(3);
        assertThat(Share.parse("10%").atMostOf(25)).isEqualTo(2);
        assertThat(Share.parse("10%").atMostOf(3)).isEqualTo(1);
        for (String wrong : List.of("", "0", "-1", "101%", "2.5", "half")) {
            assertThatThrownBy(() -> Share.parse(wrong)).satisfies(problem("share-invalid"));
        }
    }

    @Test
    void refusesACircleAndNamesEveryHostOfIt() {
        fleet.sequence.add("token:ann", hosts.get(1), hosts.get(0));
        fleet.sequence.add("token:ann", hosts.get(2), hosts.get(1));
        fleet.sequence.add("token:ann", hosts.get(3), hosts.get(2));
        assertThatThrownBy(() -> fleet.sequence.add("token:ann", hosts.get(0), hosts.get(2)))
                .satisfies(problem("sequence-circle"))
                .hasMessageContaining(
                        "%s → %s → %s → %s.".formatted(name(0), name(2), name(1), name(0)));
        assertThatThrownBy(() -> fleet.sequence.add("token:ann", hosts.get(0), hosts.get(0)))
                .satisfies(problem("sequence-circle"));
        fleet.sequence.remove("token:ann", hosts.get(2), hosts.get(1));
        fleet.sequence.add("token:ann", hosts.get(0), hosts.get(2));
        assertThat(fleet.sequence.before().get(hosts.get(0))).containsExactly(hosts.get(2));
    }

    private String name(int host) {
        return fleet.hosts.get(hosts.get(host)).name();
    }

    @Test
    void limitsAreKeptAndLifted() {
        fleet.limits.budget("token:ann", "db", Share.parse("10%"));
        fleet.limits.budget("token:ann", "", Share.parse("5"));
        fleet.limits.capacity("token:ann", 20, null);
        assertThat(fleet.limits.current())
                .isEqualTo(
                        new WorkLimits.Limits(
                                java.util.Map.of("db", Share.parse("10%"), "", Share.parse("5")),
                                20,
                                null));
        fleet.limits.budget("token:ann", "db", null);
        fleet.limits.budget("token:ann", "", null);
        fleet.limits.capacity("token:ann", null, null);
        assertThat(fleet.limits.current()).isEqualTo(WorkLimits.Limits.NONE);
        assertThatThrownBy(() -> fleet.limits.capacity("token:ann", 0, null))
                .satisfies(problem("capacity-invalid"));
        assertThatThrownBy(() -> fleet.limits.budget("token:ann", "nowhere", Share.parse("1")))
                .satisfies(problem("group-not-found"));
    }
}
