package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.FeedImport;
import dev.understudy.governance.Autonomy;
import dev.understudy.platform.TestDatabase;
import dev.understudy.risk.FindingException;
import dev.understudy.risk.Reason;
import dev.understudy.risk.WhyUnpatched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What is said of patches while they are rolled out: vendors' regressions, people's exceptions.
class FollowPatchesTest extends LoopTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    @TempDir Path folder = Path.of("");

    FollowPatchesTest() {
        super(DATABASE);
    }

    @BeforeEach
    void endExceptions() {
        world.exceptions.all().forEach(each -> world.exceptions.end("token:ann", each.id()));
    }

    private static String advisory(String id, String source, String summary, String fixed) {
        return """
        {"id": "%s", "modified": "2026-11-2%sT00:00:00Z", "summary": "%s", "affected": [{
          "package": {"ecosystem": "Debian:12", "name": "%s"},
          "ranges": [{"type": "ECOSYSTEM",
                      "events": [{"introduced": "0"}, {"fixed": "%s"}]}]}]}
        """
                .formatted(id, id.substring(id.length() - 1), summary, source, fixed);
    }

    private void say(String feed, String... advisories) throws IOException {
        Path file = Files.writeString(folder.resolve(feed), String.join("", advisories));
        assertThat(world.feeds.importFrom(feed, file.toUri(), "token:ann"))
                .extracting(FeedImport::outcome)
                .isEqualTo(FeedImport.Outcome.IMPORTED);
    }

    @Test
    void aVendorsRegressionFreezesWhatIsLeftOfTheRollout() throws IOException {
        String first = advisory("DSA-9001-1", "nginx", "nginx security update", "2");
        say("osv-freeze", first);
        List<SimulatedAgent> agents = hosts("nginx");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> changes(agents) > 0);
        say("osv-freeze", first, advisory("DSA-9001-2", "nginx", "nginx regression update", "3"));
        world.until(() -> world.newest().state() instanceof Rollout.State.Halted);
        assertThat(((Rollout.State.Halted) world.newest().state()).reason())
                .contains(
                        "DSA-9001-2 says that DSA-9001-1 broke something in nginx.",
                        "bookworm/nginx/2");
        int before = changes(agents);
        world.ticks(60);
        assertThat(changes(agents)).isEqualTo(before).isLessThan(agents.size());
        assertThat(world.quarantined()).containsExactly("nginx");
    }

    @Test
    void aVendorsRegressionLeavesWhatAPersonHoldsAsItIsAndFreezesItWhenItIsLetGo()
            throws IOException {
        String first = advisory("DSA-9007-1", "held", "held security update", "2");
        say("osv-held", first);
        List<SimulatedAgent> agents = hosts("held");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> changes(agents) > 0);
        RolloutId id = world.newest().id();
        world.module.steer().pause(id, "token:ann", "Lunch.");
        say("osv-held", first, advisory("DSA-9007-2", "held", "held regression update", "3"));
        world.ticks(5);
        assertThat(world.quarantined()).containsExactly("held");
        assertThat(world.newest().state())
                .isInstanceOfSatisfying(
                        Rollout.State.Paused.class,
                        paused -> assertThat(paused.by()).isEqualTo("token:ann"));
        int before = changes(agents);
        world.module.steer().resume(id, "token:ann");
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Halted.class);
        world.ticks(60);
        assertThat(changes(agents)).isEqualTo(before).isLessThan(agents.size());
    }

    @Test
    void aVendorsRegressionLocksTheVersionAwayWhereNothingIsRolledOut() throws IOException {
        String first = advisory("DSA-9003-1", "alone", "alone security update", "2");
        say("osv-alone", first);
        List<SimulatedAgent> agents = hosts("alone", "vim");
        world.policy(Autonomy.OBSERVE);
        world.ticks(2);
        assertThat(world.module.rollouts().newest(1)).isEmpty();
        say("osv-alone", first, advisory("DSA-9003-2", "alone", "alone regression update", "3"));
        world.ticks(1);
        Quarantine.Entry locked = world.module.quarantine().entries().getFirst();
        assertThat(locked.patch()).hasToString("bookworm/alone/2");
        assertThat(locked.rollout()).isNull();
        assertThat(locked.suspected()).isFalse();

        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> agents.stream().allMatch(each -> has(each, "vim", "2")));
        world.ticks(60);
        assertThat(agents).allMatch(each -> has(each, "alone", "1"));
        assertThat(reason(agents.getFirst(), "alone"))
                .satisfies(
                        why -> {
                            assertThat(why.code()).isEqualTo(Reason.Code.QUARANTINED);
                            assertThat(why.sentence())
                                    .contains(
                                            "DSA-9003-2 says that DSA-9003-1 broke something in"
                                                    + " alone.");
                        });

        world.module.quarantine().release(locked.id(), "token:ann", "we do not use that part");
        say("osv-second", first, advisory("DSA-9004-1", "other", "other security update", "1"));
        say("osv-second", first, advisory("DSA-9003-2", "alone", "alone regression update", "3"));
        world.until(() -> agents.stream().allMatch(each -> has(each, "alone", "2")));
        assertThat(world.quarantined()).isEmpty();
        StringBuilder audit = new StringBuilder();
        world.fleet.audit.export(0, audit::append);
        assertThat(audit).contains("rollout.quarantined", "rollout.released", "token:ann");
    }

    @Test
    void whatComesToHostsAfterTheNoticeIsLockedAwayUnlessItHasTheRepair() throws IOException {
        String nginx = advisory("DSA-9005-1", "later", "later security update", "1.5");
        String curl = advisory("DSA-9006-1", "repaired", "repaired security update", "1.5");
        say("osv-later", nginx, curl);
        say(
                "osv-later",
                nginx,
                curl,
                advisory("DSA-9005-2", "later", "later regression update", "3"),
                advisory("DSA-9006-2", "repaired", "repaired regression update", "2"));
        world.ticks(1);
        List<SimulatedAgent> agents = hosts("later", "repaired");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> agents.stream().allMatch(each -> has(each, "repaired", "2")));
        world.ticks(60);
        assertThat(agents).allMatch(each -> has(each, "later", "1"));
        assertThat(world.module.quarantine().entries())
                .extracting(each -> each.patch().toString())
                .containsExactlyInAnyOrder(
                        "bookworm/later/1.5", "bookworm/repaired/1.5", "bookworm/later/2");
        assertThat(reason(agents.getFirst(), "later").code()).isEqualTo(Reason.Code.QUARANTINED);
    }

    private static boolean has(SimulatedAgent agent, String name, String version) {
        return version.equals(agent.installed().get(name));
    }

    private Reason reason(SimulatedAgent agent, String name) {
        return new WhyUnpatched(world.patches, List.of(world.module.reasons()), world.clock)
                .forHost(agent.host).packages().stream()
                        .filter(each -> each.packageName().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .reason();
    }

    @Test
    void aRegressionOfAnotherVersionFreezesNothing() throws IOException {
        String first = advisory("DSA-9002-1", "curl", "curl security update", "0.8");
        say("osv-other", first);
        List<SimulatedAgent> agents = hosts("curl");
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> changes(agents) > 0);
        say("osv-other", first, advisory("DSA-9002-2", "curl", "curl regression update", "0.9"));
        world.until(world::ended);
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.Completed.class);
        assertThat(changes(agents)).isEqualTo(agents.size());
        assertThat(world.module.quarantine().entries())
                .extracting(each -> each.patch().toString())
                .containsExactly("bookworm/curl/0.8");
    }

    @Test
    void aRolloutLeavesOutWhatIsExceptedAndWhySaysSo() {
        SimulatedAgent excepted = world.agent("web-1", "curl", "vim");
        SimulatedAgent other = world.agent("web-2", "curl", "vim");
        except(excepted);
        world.policy(Autonomy.AUTOMATIC);
        world.until(() -> "2".equals(other.installed().get("vim")));
        world.until(world::ended);
        world.ticks(60);
        assertThat(excepted.installed()).containsEntry("curl", "2").containsEntry("vim", "1");
        WhyUnpatched why =
                new WhyUnpatched(world.patches, List.of(world.module.reasons()), world.clock);
        assertThat(why.forHost(excepted.host).packages())
                .filteredOn(each -> each.packageName().equals("vim"))
                .singleElement()
                .satisfies(
                        each -> {
                            assertThat(each.reason().code()).isEqualTo(Reason.Code.EXCEPTED);
                            assertThat(each.reason().sentence()).contains("Ann", "vendor is asked");
                        });
    }

    @Test
    void anExceptionTakesAHostOutOfARolloutThatIsUnderWay() {
        SimulatedAgent excepted = world.agent("web-1", "vim");
        world.agent("web-2", "vim");
        world.policy(Autonomy.APPROVE);
        world.until(
                () -> {
                    List<Rollout> all = world.module.rollouts().newest(1);
                    return !all.isEmpty()
                            && all.getFirst().state() instanceof Rollout.State.AwaitingApproval;
                });
        except(excepted);
        world.ticks(3);
        assertThat(world.of(excepted).state())
                .isInstanceOfSatisfying(
                        Deployment.State.Skipped.class,
                        state -> {
                            assertThat(state.why()).isEqualTo(Deployment.Skip.WITHDRAWN);
                            assertThat(state.reason())
                                    .contains("bookworm/vim/2", "vendor is asked");
                        });
        assertThat(world.newest().state()).isInstanceOf(Rollout.State.AwaitingApproval.class);
    }

    private FindingException except(SimulatedAgent agent) {
        return world.exceptions.add(
                "token:ann",
                "bookworm/vim/2",
                agent.host,
                "",
                "Ann",
                "vendor is asked",
                world.clock.instant().plus(Duration.ofDays(10)));
    }

    private List<SimulatedAgent> hosts(String... packages) {
        return List.of(
                world.agent("web-1", packages),
                world.agent("web-2", packages),
                world.agent("web-3", packages));
    }

    private static int changes(List<SimulatedAgent> agents) {
        return agents.stream().mapToInt(each -> each.changes).sum();
    }
}
