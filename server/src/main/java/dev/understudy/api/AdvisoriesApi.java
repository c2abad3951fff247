package dev.understudy.api;

import dev.understudy.advisory.Advisories;
import dev.understudy.advisory.CveFacts;
import dev.understudy.advisory.VulnerabilityFacts;
import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.ExposedHosts;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// What is known of an advisory or a vulnerability, and who is exposed to it.
@RestController
public final class AdvisoriesApi {
    private final Advisories advisories;
    private final VulnerabilityFacts facts;
    private final ExposedHosts exposed;
    private final Hosts hosts;

    public AdvisoriesApi(
            Advisories advisories, VulnerabilityFacts facts, ExposedHosts exposed, Hosts hosts) {
        this.advisories = advisories;
        this.facts = facts;
        this.exposed = exposed;
        this.hosts = hosts;
    }

    /// Everything known under one id.
    ///
    /// @param exposed hosts that have an affected package, as far as the feeds and the changelogs
    ///   of pending updates tell
    record Known(
            String id,
            List<CveFacts> facts,
            List<Advisories.Entry> advisories,
            List<Exposed> exposed) {}

    /// A host that is exposed, and the patch that would end it, if one is pending.
    record Exposed(String cve, HostId host, String name, String source, @Nullable String patch) {}

    @GetMapping("/api/v1/advisories/{id}")
    Known advisory(@PathVariable String id) {
        if (!id.matches("[A-Za-z0-9][A-Za-z0-9:._+-]{2,99}")) {
            throw Problem.invalid(
                    "advisory-id-invalid", "That is not the id of an advisory or a CVE.");
        }
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
        List<Exposed> hit = cves.stream().flatMap(cve -> exposed(cve).stream()).toList();
        if (entries.isEmpty() && hit.isEmpty() && !id.startsWith("CVE-")) {
            throw Problem.notFound(
                    "advisory-not-found",
                    "No feed that is loaded has '%s', and no pending update names it."
                            .formatted(id));
        }
        return new Known(id, known, entries, hit);
    }

    private List<Exposed> exposed(String cve) {
        return exposed.hostsExposedTo(cve).stream()
                .map(
                        each ->
                                new Exposed(
                                        cve,
                                        each.host(),
                                        hosts.find(each.host()).map(Host::name).orElse(""),
                                        each.source(),
                                        each.patch() == null ? null : each.patch().toString()))
                .toList();
    }
}
