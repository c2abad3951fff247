package dev.understudy.risk.exposure;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.RoaringBitmap;

/// The fixes that are published and that some host lacks. Costs what of them changed since it was
/// asked last, and the answer.
public final class OpenFixes {
    private final FollowDatabase index;

    public OpenFixes(FollowDatabase index) {
        this.index = index;
    }

    /// A vulnerability with a fix that hosts lack.
    ///
    /// @param published when the advisory was published; null where its feed does not say
    /// @param inForce since when this control plane knows it
    /// @param internet how many of the hosts count as exposed to the internet, `other` the rest
    public record OpenFix(
            String cve,
            String advisory,
            String release,
            String source,
            String fixed,
            @Nullable Instant published,
            Instant inForce,
            int internet,
            int other) {}

    /// @param group null for the whole fleet
    public List<OpenFix> all(@Nullable String group) {
        ExposureIndex all = index.index();
        return all.reading(
                () -> {
                    List<OpenFix> open = new ArrayList<>();
                    for (OpenStatements.Open each : all.open()) {
                        add(all, each, group, open);
                    }
                    return open;
                });
    }

    private static void add(
            ExposureIndex all,
            OpenStatements.Open found,
            @Nullable String group,
            List<OpenFix> open) {
        Statement says = found.statement();
        int internet = found.internet();
        int rest = found.other();
        if (group != null) {
            RoaringBitmap hosts = all.within(found.hosts(), group);
            internet = RoaringBitmap.andCardinality(hosts, all.internet());
            rest = hosts.getCardinality() - internet;
        }
        if (internet + rest == 0) {
            return;
        }
        for (String cve : Statements.names(says)) {
            open.add(
                    new OpenFix(
                            cve,
                            says.advisory(),
                            says.release(),
                            says.source(),
                            Objects.requireNonNull(says.fixed()),
                            says.published(),
                            says.inForce(),
                            internet,
                            rest));
        }
    }
}
