package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Which hosts have a version of a source package installed, or still run it. Answered from memory.
/// Sources and versions are given as hosts call them.
public final class VersionHosts {
    private final FollowDatabase index;

    public VersionHosts(FollowDatabase index) {
        this.index = index;
    }

    public int count(String release, String source, String version) {
        ExposureIndex all = index.index();
        return all.reading(() -> all.having(release, source, version).getCardinality());
    }

    /// The first `limit` of them after host `after`, by id.
    public PatchHosts.Answer page(
            String release, String source, String version, @Nullable HostId after, int limit) {
        ExposureIndex all = index.index();
        return all.reading(
                () -> PatchHosts.part(all, all.having(release, source, version), after, limit));
    }

    /// All of them, by id, without holding more than their numbers.
    public void stream(
            String release, String source, String version, Consumer<List<HostId>> taken) {
        ExposureIndex all = index.index();
        PatchHosts.inParts(
                all, all.reading(() -> all.sorted(all.having(release, source, version))), taken);
    }
}
