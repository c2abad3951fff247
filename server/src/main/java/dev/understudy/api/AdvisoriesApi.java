package dev.understudy.api;

import dev.understudy.advisory.Advisories;
import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.fleet.HostNames;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.exposure.ExposedHosts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// What is known of an advisory or a vulnerability, and who is exposed to it.
@RestController
public final class AdvisoriesApi {
    private static final int SHOWN = 200;

    private final Advisories advisories;
    private final VulnerabilityFacts facts;
    private final ExposedHosts exposed;
    private final HostNames names;

    public AdvisoriesApi(
            Advisories advisories,
            VulnerabilityFacts facts,
            ExposedHosts exposed,
            HostNames names) {
        this.advisories = advisories;
        this.facts = facts;
        this.exposed = exposed;
        this.names = names;
    }

    /// Everything known under one id.
    ///
    /// @param exposedHosts how many hosts are exposed to each of its vulnerabilities
    /// @param exposed the first of them, as far as the feeds and the changelogs of pending updates
    ///   tell; [ExposureApi] has all
    record Known(
            String id,
            List<CveFacts> facts,
            List<Advisories.Entry> advisories,
            Map<String, Integer> exposedHosts,
            List<Exposed> exposed) {}

    /// A host that is exposed, and the patch that would end it, if one is pending.
    record Exposed(String cve, HostId host, String name, String source, @Nullable String patch) {}

    @GetMapping("/api/v1/advisories/{id}")
    Known advisory(@PathVariable String id) {
        requireId(id);
        List<Advisories.Entry> entries = advisories.find(id);
        Set<String> cves = new TreeSet<>();
        entries.stream().filter(entry -> entry.id().equals(id)).forEach(e -> cves.addAll(e.cves()));
        if (id.startsWith("CVE-")) {
            cves.add(id);
        }
        List<CveFacts> known =
                facts.of(cves).values().stream()
                        .sorted(java.util.Comparator.comparing(CveFacts::cve))
                        .toList();
        Map<String, Integer> counts = new TreeMap<>();
        List<Exposed> hit = new ArrayList<>();
        for (String cve : cves) {
            ExposedHosts.Answer answer = exposed.page(cve, null, null, SHOWN);
            counts.put(cve, answer.total());
            hit.addAll(exposed(cve, answer));
        }
        if (entries.isEmpty() && hit.isEmpty() && !id.startsWith("CVE-")) {
            throw Problem.notFound(
                    "advisory-not-found",
                    "No feed that is loaded has '%s', and no pending update names it."
                            .formatted(id));
        }
        return new Known(id, known, entries, counts, hit);
    }

    static String requireId(String id) {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9:._+-]{2,99}")) {
            throw Problem.invalid(
                    "advisory-id-invalid", "That is not the id of an advisory or a CVE.");
        }
        return id;
    }

    private List<Exposed> exposed(String cve, ExposedHosts.Answer answer) {
        Map<HostId, HostNames.Named> named =
                names.of(answer.rows().stream().map(row -> row.host()).distinct().toList());
        return answer.rows().stream()
                .map(
                        each ->
                                new Exposed(
                                        cve,
                                        each.host(),
                                        named.getOrDefault(each.host(), HostNames.Named.NOBODY)
                                                .name(),
                                        each.source(),
                                        each.patch()))
                .toList();
    }
}
