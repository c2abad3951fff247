package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who is exposed to a vulnerability now.
public final class ExposedHosts {
    private final Patches patches;

    public ExposedHosts(Patches patches) {
        this.patches = patches;
    }

    /// A host whose packages are affected.
    ///
    /// @param patch what would fix it; null where nothing pending does
    public record ExposedHost(HostId host, String source, @Nullable PatchId patch) {}

    /// Hosts with an affected package installed, by id. A host whose fix is installed but not in
    /// effect yet is not among them; [WhyUnpatched] names it.
    public List<ExposedHost> hostsExposedTo(String cve) {
        return patches.assessmentsOfAll().stream()
                .flatMap(each -> exposures(each, cve))
                .distinct()
                .sorted(Comparator.comparing(ExposedHost::host).thenComparing(ExposedHost::source))
                .toList();
    }

    private static Stream<ExposedHost> exposures(Assessment each, String cve) {
        Stream<ExposedHost> fixable =
                each.patches().stream()
                        .filter(patch -> patch.cves().contains(cve))
                        .map(
                                patch ->
                                        new ExposedHost(
                                                each.host(), patch.id().source(), patch.id()));
        Stream<ExposedHost> unfixed =
                each.unfixed().stream()
                        .filter(finding -> finding.advisory().cves().contains(cve))
                        .map(finding -> new ExposedHost(each.host(), finding.source(), null));
        return Stream.concat(fixable, unfixed);
    }
}
