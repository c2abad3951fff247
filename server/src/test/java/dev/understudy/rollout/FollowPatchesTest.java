package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.advisory.FeedImport;
import dev.understudy.governance.Autonomy;
import dev.understudy.platform.Database;
import dev.understudy.platform.Pooled;
import dev.understudy.platform.TestDatabase;
import dev.understudy.risk.FindingException;
import dev.understudy.risk.Reason;
import dev.understudy.risk.WhyUnpatched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What is said of patches while they are rolled out: vendors' regressions, people's exceptions.
class FollowPatchesTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    @TempDir Path folder = Path.of("");

    private Pooled pool;
    private World world;

    @BeforeEach
    void empty() {
        pool = new Pooled(DATABASE.get());
        Database database = pool.database();
        Emptied.all(database);
        world = new World(database);
        world.exceptions.all().forEach(each -> world.exceptions.end("token:ann", each.id()));
    }

    @AfterEach
    void close() {
        pool.close();
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
        assertThat(world.quarantined()).isEmpty();
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
