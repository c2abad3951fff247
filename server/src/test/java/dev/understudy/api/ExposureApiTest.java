package dev.understudy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.advisory.TestAdvisories;
import dev.understudy.advisory.TestFeeds;
import dev.understudy.fleet.HostNames;
import dev.understudy.fleet.ManualClock;
import dev.understudy.fleet.SampleInventory;
import dev.understudy.fleet.TestFleet;
import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.platform.Problem;
import dev.understudy.platform.TestDatabase;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.StaleProcess;
import dev.understudy.risk.NextDeadlines;
import dev.understudy.risk.exposure.ChangesSince;
import dev.understudy.risk.exposure.ExposedHosts;
import dev.understudy.risk.exposure.FollowDatabase;
import dev.understudy.risk.exposure.PastExposure;
import dev.understudy.risk.exposure.WhatIf;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.mock.web.MockHttpServletResponse;

class ExposureApiTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private static final String OLD = "3.0.15-1~deb12u1";
    private static final String FIXED = "3.0.16-1~deb12u1";
    private static final String CVE = "CVE-2026-30001";

    /// Only the changelog of what is pending names it.
    private static final String TOLD = "CVE-2025-9230";

    private static final String PARTS = "CVE-2026-30002";

    private final ManualClock clock = new ManualClock();
    private final Database database = DATABASE.get();
    private final TestFleet fleet = TestFleet.on(database, clock);
    private final TestAdvisories advisories = new TestAdvisories(database);
    private final FollowDatabase index = new FollowDatabase(database, clock);
    private final ExposureApi api =
            new ExposureApi(
                    new ExposedHosts(index),
                    new PastExposure(database),
                    new HostNames(database),
                    clock);
    private final FleetQuestionsApi questions =
            new FleetQuestionsApi(
                    new WhatIf(index),
                    new NextDeadlines(database, TestFeeds.on(database, clock), index, clock),
                    new ChangesSince(database, index),
                    clock);

    @Test
    void tellsAStoryOfOneVulnerabilityOnThreeHosts() throws IOException {
        HostId first = fleet.enrol("first", "web", SampleInventory.with(OLD));
        HostId second = fleet.enrol("second", "web", SampleInventory.with(OLD));
        fleet.enrol("third", "mail", SampleInventory.with(FIXED));
        Instant before = clock.instant();
        clock.pass(Duration.ofHours(1));
        says(FIXED);
        index.catchUp();
        assertThat(names(null)).containsExactlyInAnyOrder("first", "second");
        assertThat(names(before.toString())).isEmpty();

        FleetQuestionsApi.Applied ifApplied =
                questions.whatIf("bookworm", "openssl", FIXED, null, 10, null);
        assertThat(ifApplied.hosts()).isEqualTo(2);
        assertThat(ifApplied.items()).containsExactly(new WhatIf.Difference(CVE, 2, 0));
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        questions.whatIfWhole(
                                                "bookworm",
                                                "openssl",
                                                FIXED,
                                                null,
                                                request,
                                                response)))
                .containsExactly("cve,now,then", CVE + ",2,0");
        assertThat(questions.whatIf("bookworm", "openssl", OLD, null, 10, null).hosts()).isZero();
        assertThat(questions.deadlines("web", null, 10, null).items())
                .filteredOn(next -> next.cve().equals(CVE))
                .singleElement()
                .satisfies(
                        next -> {
                            assertThat(next.hosts()).isEqualTo(2);
                            assertThat(next.internet()).isTrue();
                            assertThat(next.due())
                                    .isEqualTo(clock.instant().plus(Duration.ofDays(60)));
                        });
        assertThat(questions.deadlines("mail", null, 10, null).items())
                .extracting(next -> next.cve() + " " + next.advisory())
                .containsExactly(TOLD + " changelog");

        clock.pass(Duration.ofDays(2));
        fleet.inventory(first, SampleInventory.with(FIXED));
        fleet.inventory(second, notInEffect(SampleInventory.with(FIXED)));
        index.catchUp();
        ExposureApi.Part now = api.exposed(CVE, null, null, 10, null);
        assertThat(now.hosts()).isEqualTo(1);
        assertThat(now.groups()).containsExactly(java.util.Map.entry("web", 1));
        assertThat(now.items())
                .singleElement()
                .satisfies(
                        row -> {
                            assertThat(row.name()).isEqualTo("second");
                            assertThat(row.state()).isEqualTo("NOT_IN_EFFECT");
                            assertThat(row.version()).isEqualTo(OLD);
                        });
        ChangesSince.Changes changes = questions.changes(null, 10);
        assertThat(changes.changed()).isEqualTo(2);
        assertThat(changes.fixed()).containsExactly(new ChangesSince.Count(CVE, 2));
        assertThat(changes.opened()).isEmpty();
        assertThat(changes.said()).isEmpty();
        assertThat(questions.changes(before.toString(), 10).said())
                .extracting(ChangesSince.Said::cve)
                .containsExactly(CVE);

        assertThat(questions.changesOf("fixed", null, 10, null).items())
                .isEqualTo(List.of(new ChangesSince.Count(CVE, 2)));
        assertThat(changes.lengths()).isEqualTo(new ChangesSince.Lengths(0, 1, 0));
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        questions.changesWhole(
                                                before.toString(), request, response)))
                .startsWith("change,cve,advisory,release,source,hosts")
                .contains(
                        "OTHER_PACKAGES,,,,,2",
                        "SAID,%s,DSA-1,bookworm,openssl,1".formatted(CVE),
                        "FIXED,%s,,,,2".formatted(CVE));

        clock.pass(Duration.ofDays(3));
        fleet.inventory(second, SampleInventory.with(FIXED));
        index.catchUp();
        assertThat(names(null)).isEmpty();
        assertThat(names(clock.instant().minus(Duration.ofDays(1)).toString()))
                .containsExactly("second");
        assertThat(api.exposed(CVE, "web", before.plus(Duration.ofHours(2)).toString(), 10, null))
                .extracting(ExposureApi.Part::hosts, ExposureApi.Part::groups)
                .containsExactly(2, java.util.Map.of("web", 2));
        assertThat(api.survival(CVE, "web", 10).curve())
                .extracting(point -> point.after() + " " + point.open())
                .containsExactly("PT48H 0.5", "PT120H 0.0");
        assertThat(api.survival(CVE, "web", 1))
                .satisfies(
                        lasted -> {
                            assertThat(lasted.points()).isEqualTo(2);
                            assertThat(lasted.curve()).hasSize(1);
                        });
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        api.survivalWhole(CVE, "web", request, response)))
                .containsExactly(
                        "after,open,low,high,at_risk,fixed",
                        "PT48H,0.5,0.005983087639145736,0.9104100848367374,2,1",
                        "PT120H,0.0,0.0,0.0,1,1");
        Instant known = before.plus(Duration.ofHours(1));
        assertThat(Whole.csv((request, response) -> api.episodes(CVE, "web", request, response)))
                .containsExactlyInAnyOrder(
                        "host,name,group,from,stopped,by",
                        "%s,first,web,%s,%s,FIXED"
                                .formatted(first, known, known.plus(Duration.ofDays(2))),
                        "%s,second,web,%s,%s,FIXED"
                                .formatted(second, known, known.plus(Duration.ofDays(5))));
        String yesterday = clock.instant().minus(Duration.ofDays(1)).toString();
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        api.whole(CVE, null, yesterday, request, response)))
                .containsExactly(
                        "host,name,group,state,source,version,fixed,advisory,patch,assumed",
                        second
                                + ",second,web,NOT_IN_EFFECT,openssl,"
                                + OLD
                                + ","
                                + FIXED
                                + ",DSA-1,,");
        advisories.replace("story", List.of(), clock.instant());
    }

    @Test
    void tellsOfThePastWhatChangelogsTold() {
        Instant before = clock.instant();
        clock.pass(Duration.ofHours(1));
        HostId host = fleet.enrol("told", "told", SampleInventory.with(OLD));
        Instant told = clock.instant();
        clock.pass(Duration.ofDays(1));
        String newest = "3.0.17-1~deb12u2";
        fleet.inventory(host, notInEffect(withoutPending(SampleInventory.with(newest))));
        Instant installed = clock.instant();
        clock.pass(Duration.ofDays(2));
        fleet.inventory(host, withoutPending(SampleInventory.with(newest)));
        index.catchUp();
        assertThat(api.exposed(TOLD, "told", before.toString(), 10, null).items()).isEmpty();
        assertThat(api.exposed(TOLD, "told", told.toString(), 10, null).items())
                .extracting(row -> row.state() + " " + row.version() + " " + row.advisory())
                .containsExactly("AFFECTED " + OLD + " changelog");
        assertThat(api.exposed(TOLD, "told", installed.toString(), 10, null).items())
                .extracting(row -> row.state() + " " + row.version() + " " + row.fixed())
                .containsExactly("NOT_IN_EFFECT " + OLD + " " + newest);
        assertThat(api.exposed(TOLD, "told", null, 10, null).items()).isEmpty();
        assertThat(api.survival(TOLD, "told", 10).curve())
                .extracting(point -> point.after() + " " + point.open())
                .containsExactly("PT72H 0.0");
    }

    private static Inventory withoutPending(Inventory from) {
        return new Inventory(
                from.platform(),
                from.kernel(),
                from.packages(),
                List.of(),
                from.services(),
                from.sockets(),
                from.disks(),
                from.staleProcesses(),
                from.rebootReasons(),
                from.capabilities(),
                from.metadataAsOf());
    }

    @Test
    void givesLongAnswersInParts() throws IOException {
        advisories.replace("parts", List.of(row(PARTS, "base-files", "13")), clock.instant());
        for (int host = 0; host < 5; host++) {
            fleet.enrol("part-" + host, "parts", SampleInventory.with(FIXED));
        }
        index.catchUp();
        ExposureApi.Part first = api.exposed(PARTS, "parts", null, 3, null);
        ExposureApi.Part second = api.exposed(PARTS, "parts", null, 3, first.cursor());
        assertThat(first.hosts()).isEqualTo(5);
        assertThat(first.items()).hasSize(3);
        assertThat(second.items()).hasSize(2);
        assertThat(second.cursor()).isNull();
        assertThat(
                        Whole.ndjson(
                                (request, response) ->
                                        api.whole(PARTS, "parts", null, request, response)))
                .hasSize(5)
                .first()
                .isEqualTo(Json.write(first.items().getFirst()));
        advisories.replace("parts", List.of(), clock.instant());
    }

    @Test
    void givesDeadlinesInParts() throws IOException {
        advisories.replace(
                "parts",
                List.of(
                        new TestAdvisories.Row(
                                "DSA-2",
                                List.of("CVE-2026-31001", "CVE-2026-31002", "CVE-2026-31003"),
                                false,
                                "bookworm",
                                "base-files",
                                "FIXED",
                                "0",
                                "13")),
                clock.instant());
        fleet.enrol("dated", "dated", withoutPending(SampleInventory.with(FIXED)));
        index.catchUp();
        List<NextDeadlines.Next> all = questions.deadlines("dated", null, 100, null).items();
        List<NextDeadlines.Next> found = new ArrayList<>();
        String cursor = null;
        do {
            Page<NextDeadlines.Next> part = questions.deadlines("dated", null, 2, cursor);
            assertThat(part.items()).hasSizeBetween(1, 2);
            assertThat(part.total()).isEqualTo(all.size());
            found.addAll(part.items());
            cursor = part.cursor();
        } while (cursor != null);
        assertThat(found).hasSize(3).isEqualTo(all);
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        questions.deadlinesWhole("dated", null, request, response)))
                .hasSize(all.size() + 1);
        assertThat(
                        Whole.ndjson(
                                (request, response) ->
                                        questions.deadlinesWhole("dated", null, request, response)))
                .containsExactlyElementsOf(all.stream().map(Json::write).toList());
        advisories.replace("parts", List.of(), clock.instant());
    }

    @Test
    void tellsACallersMistakes() {
        assertThatThrownBy(() -> questions.changesOf("lost", null, 10, null))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("none of said, fixed, opened");
        assertThatThrownBy(() -> api.exposed("../x", null, null, 10, null))
                .isInstanceOf(Problem.class);
        assertThatThrownBy(() -> api.exposed(CVE, null, "yesterday", 10, null))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("'yesterday' is no time");
        assertThatThrownBy(() -> api.exposed(CVE, null, null, 0, null)).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> api.exposed(CVE, null, null, 10, "x")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> questions.whatIf("bookworm", "a b", "1", null, 10, null))
                .isInstanceOf(Problem.class);
    }

    @Test
    void aListWithoutRowsHasTheNamesOfItsColumns() throws IOException {
        assertThat(
                        Whole.csv(
                                (request, response) ->
                                        api.whole("CVE-1999-0001", null, null, request, response)))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("host,name,group");
    }

    @Test
    void aTextIsNeverAFormula() throws IOException {
        MockHttpServletResponse response = new MockHttpServletResponse();
        Lines lines = new Lines(response, "text/csv");
        lines.csv("=1+1", "a,b", "say \"so\"", null, 7);
        lines.end();
        assertThat(response.getContentAsString())
                .isEqualTo("'=1+1,\"a,b\",\"say \"\"so\"\"\",,7\n");
    }

    private void says(String fixed) {
        advisories.replace("story", List.of(row(CVE, "openssl", fixed)), clock.instant());
    }

    private static TestAdvisories.Row row(String cve, String source, String fixed) {
        return new TestAdvisories.Row(
                "DSA-1", List.of(cve), false, "bookworm", source, "FIXED", "0", fixed);
    }

    private List<String> names(@org.jspecify.annotations.Nullable String at) {
        return api.exposed(CVE, null, at, 100, null).items().stream()
                .map(ExposureApi.Row::name)
                .toList();
    }

    private static Inventory notInEffect(Inventory from) {
        return new Inventory(
                from.platform(),
                from.kernel(),
                from.packages(),
                from.pending(),
                from.services(),
                from.sockets(),
                from.disks(),
                List.of(new StaleProcess("nginx", "nginx.service", List.of("/lib/libssl.so.3"))),
                from.rebootReasons(),
                from.capabilities(),
                from.metadataAsOf());
    }
}
