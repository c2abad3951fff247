package dev.understudy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.Advisories;
import dev.understudy.advisory.FeedImport;
import dev.understudy.advisory.FeedStatus;
import dev.understudy.advisory.Feeds;
import dev.understudy.advisory.TestFeeds;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.advisory.debian.DebianFormat;
import dev.understudy.advisory.kev.KevFormat;
import dev.understudy.fleet.HostNames;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.risk.FleetReasons;
import dev.understudy.risk.HazardSettings;
import dev.understudy.risk.Patches;
import dev.understudy.risk.Reason;
import dev.understudy.risk.WhyUnpatched;
import dev.understudy.risk.exposure.ExposedHosts;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.PatchHosts;
import dev.understudy.rollout.Quarantine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PatchesApiTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final Feeds feeds = TestFeeds.on(database, clock, new KevFormat(), new DebianFormat());
    private final FollowDatabase index = new FollowDatabase(database, clock);
    private final Patches patches =
            new Patches(database, fleet.inventories, feeds, index, HazardSettings.USUAL, clock);
    private final PatchesApi api =
            new PatchesApi(
                    patches,
                    fleet.hosts,
                    new PatchHosts(index),
                    new HostNames(database),
                    new Quarantine(database, fleet.audit, fleet.outbox, clock));
    private final WhyUnpatched why = new WhyUnpatched(patches, List.of(), clock);
    private final WhyApi whyApi =
            new WhyApi(
                    why,
                    new FleetReasons(database, patches, fleet.inventories, why),
                    fleet.hosts,
                    new HostNames(database));
    private final FeedsApi feedsApi = new FeedsApi(feeds);
    private final AdvisoriesApi advisories =
            new AdvisoriesApi(
                    new Advisories(database),
                    new VulnerabilityFacts(database),
                    new ExposedHosts(new FollowDatabase(database, clock)),
                    new HostNames(database));

    @Test
    void givesTheHostsOfAPatchInParts() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int host = 0; host < 5; host++) {
            fleet.enrol("many-" + host, "many", SampleInventory.with("3.0.15-1~deb12u1"));
            expected.add("many-" + host);
        }
        index.catchUp();
        List<String> found = new ArrayList<>();
        String cursor = null;
        do {
            Page<PatchesApi.OnHost> part =
                    api.hosts("bookworm", "openssl", "3.0.17-1~deb12u2", "many", 2, cursor);
            assertThat(part.items()).hasSizeBetween(1, 2);
            assertThat(part.total()).isEqualTo(5);
            part.items().forEach(each -> found.add(each.name()));
            cursor = part.cursor();
        } while (cursor != null);
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        api.hostsWhole(
                                                "bookworm",
                                                "openssl",
                                                "3.0.17-1~deb12u2",
                                                "many",
                                                request,
                                                response)))
                .hasSize(6)
                .first()
                .isEqualTo("host,name,group");
        assertThat(api.hosts("trixie", "openssl", "3.0.17-1~deb12u2", null, 2, null).total())
                .isZero();
    }

    @Test
    void showsPatchesByName() throws IOException {
        fleet.enrol("shown", "shown", SampleInventory.with("3.0.15-1~deb12u1"));
        Page<PatchView.OfFleet> page = api.ranked("shown", null, true, 10, null);
        assertThat(page.total()).isEqualTo(1);
        assertThat(page.cursor()).isNull();
        assertThat(page.items().getFirst().id()).isEqualTo("bookworm/openssl/3.0.17-1~deb12u2");
        assertThat(Json.write(page))
                .contains("\"id\":\"bookworm/openssl/3.0.17-1~deb12u2\"")
                .contains("\"hosts\":1,")
                .contains("\"due\":\"2027-01-22T12:00:00Z\"");
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        api.rankedWhole("shown", null, true, request, response)))
                .hasSize(2)
                .satisfies(
                        lines -> {
                            assertThat(lines.getFirst()).startsWith("patch,class,due,");
                            assertThat(lines.getLast())
                                    .startsWith(
                                            "bookworm/openssl/3.0.17-1~deb12u2,SIXTY_DAYS,"
                                                    + "2027-01-22T12:00:00Z,")
                                    .contains(",1,", page.items().getFirst().cves().getFirst());
                        });
        PatchesApi.Detail detail = api.patch("bookworm", "openssl", "3.0.17-1~deb12u2");
        assertThat(detail.hosts()).extracting(PatchesApi.OnHost::name).contains("shown");
        assertThat(api.ofHost("shown", false, 10, null).items()).hasSize(1);
        assertThat(Json.write(whyApi.ofHost("shown", "openssl", 10, null)))
                .contains("\"packageName\":\"openssl\"")
                .contains("\"code\":\"NOT_YET_PLANNED\"");
    }

    @Test
    void saysWhyInPartsAndAsCsv() throws IOException {
        for (int host = 0; host < 5; host++) {
            fleet.enrol("reason-" + host, "reasons", SampleInventory.with("3.0.15-1~deb12u1"));
        }
        Page<WhyApi.OfFleet> page = whyApi.ofFleet("reasons", 1, null);
        assertThat(page.items())
                .singleElement()
                .satisfies(
                        row -> {
                            assertThat(row.subject())
                                    .isEqualTo("bookworm/openssl/3.0.17-1~deb12u2");
                            assertThat(row.hosts()).isEqualTo(5);
                            assertThat(row.reason().code()).isEqualTo(Reason.Code.NOT_YET_PLANNED);
                            assertThat(row.first()).hasSize(3);
                            assertThat(row.first().getFirst().name()).startsWith("reason-");
                        });
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        whyApi.fleetWhole("reasons", request, response)))
                .hasSize(page.total() + 1)
                .anyMatch(line -> line.contains(",NOT_YET_PLANNED,5,reason-"));
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        whyApi.hostWhole("reason-1", null, request, response)))
                .startsWith("package,architecture,installed,candidate,patch,cves,reason,sentence")
                .anyMatch(
                        line -> line.startsWith("openssl,") && line.contains(",NOT_YET_PLANNED,"));
        assertThat(whyApi.ofHost("reason-1", "openssl", 10, null).items()).isNotEmpty();
        assertThat(whyApi.ofHost("reason-1", "nothing", 10, null).items()).isEmpty();
        assertThat(whyApi.ofFleet("nobody", 10, null).items()).isEmpty();
    }

    @Test
    void tellsACallersMistakes() {
        assertThatThrownBy(() -> api.patch("bookworm", "none", "1")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> api.patch("bookworm", "no ne", "1")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> api.ofHost("nobody", false, 10, null)).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> api.ranked(null, null, false, 0, null))
                .isInstanceOf(Problem.class);
        assertThatThrownBy(() -> api.ranked(null, null, false, 10, "'"))
                .isInstanceOf(Problem.class);
        assertThatThrownBy(() -> advisories.advisory("DSA-1-1")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> advisories.advisory("../../etc")).isInstanceOf(Problem.class);
    }

    @Test
    void importsFilesForAdministratorsOnly() {
        String url = Path.of("testdata/feeds/debian/valid.json").toUri().toString();
        FeedsApi.Request request = new FeedsApi.Request(url, Optional.empty());
        assertThatThrownBy(() -> feedsApi.take(operator(Role.OPERATOR), "debian", request))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("need ADMIN");
        FeedsApi.Request believing =
                new FeedsApi.Request("https://127.0.0.1:1/x", Optional.of(true));
        assertThatThrownBy(() -> feedsApi.take(operator(Role.OPERATOR), "debian", believing))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("needs APPROVER");
        FeedsApi.Imported imported = feedsApi.take(operator(Role.ADMIN), "debian", request);
        assertThat(imported.outcome()).isEqualTo(FeedImport.Outcome.IMPORTED);
        assertThat(imported.feed().state()).isEqualTo(FeedStatus.State.IN_FORCE);
        assertThat(feedsApi.all().items()).hasSize(1);
        assertThat(advisories.advisory("CVE-2026-10002").advisories()).hasSize(1);
        StringBuilder audit = new StringBuilder();
        fleet.audit.export(0, audit::append);
        assertThat(audit).contains("advisory.feed-imported").contains("token:test");
        for (String wrong : List.of("", "relative", "ht tp://x")) {
            assertThatThrownBy(
                            () ->
                                    feedsApi.take(
                                            operator(Role.ADMIN),
                                            "debian",
                                            new FeedsApi.Request(wrong, Optional.empty())))
                    .isInstanceOf(Problem.class);
        }
    }

    @Test
    void cutsLongListsIntoParts() {
        List<Integer> all = List.of(1, 2, 3, 4, 5);
        Page<Integer> first = Page.of(all, 2, null);
        Page<Integer> second = Page.of(all, 2, first.cursor());
        Page<Integer> last = Page.of(all, 2, second.cursor());
        assertThat(first.items()).containsExactly(1, 2);
        assertThat(second.items()).containsExactly(3, 4);
        assertThat(last.items()).containsExactly(5);
        assertThat(last.cursor()).isNull();
        assertThat(Page.of(all, 2, "99").items()).isEmpty();
    }

    private static Operator operator(Role role) {
        return new Operator(new UUID(0, 1), "test", role);
    }
}
