package dev.understudy.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.understudy.governance.Proof;
import dev.understudy.platform.Json;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import dev.understudy.rollout.gate.Course;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Fingerprint;
import dev.understudy.rollout.gate.Step;
import dev.understudy.rollout.gate.WavePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CertifyTest {
    private static final Terms TERMS =
            new Terms(false, 4, 50, Duration.ofMinutes(5), RebootPolicy.NEVER, Proof.USUAL);

    @Test
    void everyHostHasOnePlaceAndAWave() {
        List<Candidate> fleet = fleet("bookworm", 1500, 0);
        Certify.Certified certified = Certify.of(TERMS, fleet, 7);
        assertThat(certified.certificate().certified()).isTrue();
        assertThat(certified.draws()).extracting(Draw::host).doesNotHaveDuplicates().hasSize(1500);
        WavePlan plan = certified.certificate().plans().getFirst();
        Map<HostId, Integer> waves = lay(certified, hosts(fleet));
        assertThat(waves).hasSize(1500);
        assertThat(waves.values())
                .filteredOn(wave -> wave == 1)
                .hasSize(plan.canaries() + plan.first());
    }

    @Test
    void theSameSeedDrawsTheSameOrderAndAnotherADifferentOne() {
        List<Candidate> fleet = fleet("bookworm", 1000, 0);
        List<Draw> draws = Certify.of(TERMS, fleet, 7).draws();
        assertThat(Certify.of(TERMS, fleet, 7).draws()).isEqualTo(draws);
        assertThat(Certify.of(TERMS, fleet, 8).draws()).isNotEqualTo(draws);
    }

    @Test
    void theMoreWaitingCostsTheFewerWavesTheSampleTakes() {
        Terms slow = new Terms(false, 4, 50, Duration.ofDays(1), RebootPolicy.NEVER, Proof.USUAL);
        WavePlan calm = plan(slow, costing(fleet("bookworm", 3000, 0), 1e-6));
        WavePlan urgent = plan(slow, costing(fleet("bookworm", 3000, 0), 0.01));
        assertThat(urgent.costs().wave()).isGreaterThan(calm.costs().wave());
        assertThat(urgent.harmless().waves()).isLessThan(calm.harmless().waves());
        for (WavePlan plan : List.of(calm, urgent)) {
            assertThat(plan.harmful().accepted()).isLessThanOrEqualTo(0.02);
        }
        Terms quick =
                new Terms(false, 4, 50, Duration.ofMinutes(5), RebootPolicy.NEVER, Proof.USUAL);
        assertThat(plan(quick, costing(fleet("bookworm", 3000, 0), 0.01)).costs().wave())
                .isLessThan(urgent.costs().wave());
    }

    private static WavePlan plan(Terms terms, List<Candidate> fleet) {
        return Certify.of(terms, fleet, 7).certificate().plans().getFirst();
    }

    private static List<Candidate> costing(List<Candidate> fleet, double lossPerDay) {
        return fleet.stream()
                .map(
                        c ->
                                new Candidate(
                                        c.host(),
                                        c.criticality(),
                                        c.release(),
                                        c.fingerprint(),
                                        c.haGroup(),
                                        false,
                                        false,
                                        lossPerDay))
                .toList();
    }

    @Test
    void anHaGroupAcrossReleasesGivesOneCanary() {
        List<Candidate> fleet = new ArrayList<>();
        for (String release : List.of("bookworm", "trixie")) {
            for (Candidate c : fleet(release, 1200, fleet.size())) {
                fleet.add(
                        new Candidate(
                                c.host(),
                                c.criticality(),
                                release,
                                Fingerprint.of(List.of(release + c.host())),
                                "pair " + fleet.size() % 3));
            }
        }
        Certify.Certified certified = Certify.of(TERMS, fleet, 7);
        assertThat(certified.certificate().names()).containsExactly("bookworm", "trixie");
        Map<HostId, Candidate> hosts =
                fleet.stream().collect(Collectors.toMap(Candidate::host, c -> c));
        assertThat(certified.draws())
                .filteredOn(draw -> draw.role() == Draw.Role.CANARY)
                .extracting(draw -> Objects.requireNonNull(hosts.get(draw.host())).haGroup())
                .isNotEmpty()
                .doesNotHaveDuplicates();
    }

    @Test
    void releasesThatAreLargeEnoughAreJudgedByThemselvesAndSmallOnesTogether() {
        List<Candidate> fleet = new ArrayList<>(fleet("bookworm", 1200, 0));
        fleet.addAll(fleet("trixie", 500, 2000));
        fleet.addAll(fleet("noble", 500, 4000));
        Certificate certificate = Certify.of(TERMS, fleet, 7).certificate();
        assertThat(certificate.names()).containsExactly("bookworm", "noble and trixie");
        assertThat(certificate.sentence()).contains("for each of bookworm, noble and trixie");
    }

    @Test
    void aReleaseThatIsTooSmallEvenWithTheOtherSmallOnesIsJudgedWithAll() {
        List<Candidate> fleet = new ArrayList<>(fleet("bookworm", 1200, 0));
        fleet.addAll(fleet("trixie", 50, 2000));
        assertThat(Certify.of(TERMS, fleet, 7).certificate().names())
                .containsExactly("bookworm and trixie");
    }

    @Test
    void hostsOfHighCriticalityGoLastAndTheCertificateSaysSo() {
        List<Candidate> fleet = new ArrayList<>(fleet("bookworm", 1200, 0));
        List<Candidate> critical =
                fleet("bookworm", 100, 5000).stream()
                        .map(
                                c ->
                                        new Candidate(
                                                c.host(),
                                                Candidate.VERY_HIGH,
                                                c.release(),
                                                c.fingerprint(),
                                                null))
                        .toList();
        fleet.addAll(critical);
        Certify.Certified certified = Certify.of(TERMS, fleet, 7);
        assertThat(certified.certificate().sentence()).contains("100 hosts of high criticality");
        Map<HostId, Integer> waves = lay(certified, hosts(fleet));
        int last = waves.values().stream().mapToInt(wave -> wave).max().orElseThrow();
        assertThat(critical).allSatisfy(c -> assertThat(waves.get(c.host())).isEqualTo(last));
    }

    @Test
    void hostsThatCouldNotBeJudgedAreMadeUpForByTheNextOfTheSample() {
        List<Candidate> fleet = fleet("bookworm", 20_000, 0);
        Certify.Certified certified = Certify.of(TERMS, fleet, 7);
        WavePlan plan = certified.certificate().plans().getFirst();
        Map<HostId, Integer> first = lay(certified, hosts(fleet));
        Course course = Course.of(List.of(plan), List.of());
        course = course.with(new Entry.WaveBegan(0, 1, plan.canaries() + plan.first()));
        List<Draw> sampled =
                certified.draws().stream()
                        .filter(d -> d.role() == Draw.Role.SAMPLE && wave(first, d) == 1)
                        .toList();
        for (Draw draw : sampled.subList(3, sampled.size())) {
            course = course.with(new Entry.Judged(0, 1, draw.host(), true, Entry.Outcome.GOOD, ""));
        }
        assertThat(course.decide(0, 1).step()).isEqualTo(new Step.Sample(3, plan.first()));
        Set<HostId> left =
                first.entrySet().stream()
                        .filter(each -> each.getValue() > 1)
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        Map<HostId, Integer> next = LayWaves.of(course, certified.draws(), left, 1, 50);
        assertThat(next.values()).filteredOn(wave -> wave == 2).hasSize(3);
        assertThat(next).hasSize(left.size());
    }

    @Test
    void aCertificateAndItsRecordComeBackFromTheDatabaseAsTheyWere() {
        Certificate certificate = Certify.of(TERMS, fleet("bookworm", 3000, 0), 7).certificate();
        assertThat(Json.read(Json.write(certificate), Certificate.class)).isEqualTo(certificate);
        List<Entry> entries =
                List.of(
                        new Entry.WaveBegan(0, 1, 5),
                        new Entry.Judged(0, 1, Samples.host(1), true, Entry.Outcome.FAILED, "why"),
                        new Entry.Decided(0, 1, 20, 1, new Step.Sample(3, 23)),
                        new Entry.Decided(0, 1, 20, 1, new Step.Ask()),
                        new Entry.PersonAccepted(0, 1, "token:alice"));
        assertThat(entries)
                .allSatisfy(
                        entry ->
                                assertThat(Json.read(Json.write(entry), Entry.class))
                                        .isEqualTo(entry));
    }

    @Test
    void aRolloutFromBeforeThereWasAChoiceIsJudgedStrictly() {
        String before =
                """
                {"needsApproval":false,"canaries":1,"percentPerWave":50,"soak":"PT5M",
                 "reboot":"NEVER"}
                """;
        assertThat(Json.read(before, Terms.class).proof()).isEqualTo(Proof.STRICT);
    }

    @Test
    void theStricterOfTwoTermsHolds() {
        Terms certified = terms(Proof.USUAL);
        Terms strict = terms(Proof.STRICT);
        Terms only = terms(Proof.USUAL.by(Proof.Gate.CERTIFIED_ONLY));
        assertThat(certified.strictest(strict).proof().gate()).isEqualTo(Proof.Gate.STRICT);
        assertThat(certified.strictest(only).proof().gate()).isEqualTo(Proof.Gate.CERTIFIED_ONLY);
        assertThat(strict.strictest(only).proof().gate()).isEqualTo(Proof.Gate.STRICT);
        assertThat(strict.strictest(only).needsApproval()).isTrue();
        assertThat(only.strictest(strict).needsApproval()).isTrue();
    }

    private static Terms terms(Proof proof) {
        return new Terms(false, 4, 50, Duration.ofMinutes(5), RebootPolicy.NEVER, proof);
    }

    private static int wave(Map<HostId, Integer> waves, Draw draw) {
        return waves.getOrDefault(draw.host(), 0);
    }

    private static Map<HostId, Integer> lay(Certify.Certified certified, Set<HostId> left) {
        return LayWaves.of(
                Course.of(certified.certificate().plans(), List.of()),
                certified.draws(),
                left,
                0,
                50);
    }

    private static Set<HostId> hosts(List<Candidate> fleet) {
        return fleet.stream().map(Candidate::host).collect(Collectors.toSet());
    }

    private static List<Candidate> fleet(String release, int hosts, int from) {
        List<Candidate> fleet = new ArrayList<>();
        for (int i = 0; i < hosts; i++) {
            fleet.add(
                    new Candidate(
                            Samples.host(from + i),
                            i % 2,
                            release,
                            Fingerprint.of(List.of(release, "kind " + i % 7)),
                            null));
        }
        return fleet;
    }
}
