package dev.understudy.rollout;

import dev.understudy.advisory.FixedVersion;
import dev.understudy.advisory.FixedVersions;
import dev.understudy.advisory.PackageKind;
import dev.understudy.advisory.RegressionNoticed;
import dev.understudy.advisory.Regressions;
import dev.understudy.fleet.InventoryChanged;
import dev.understudy.platform.Database;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.PatchId;
import dev.understudy.risk.PendingPatches;
import dev.understudy.risk.exposure.KnownAs;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Locks away for the fleet what a vendor says that its own update broke, whether or not anything
/// is rolled out: the version that the earlier notice brought, and every version that hosts have
/// before them between that one and the one that repairs it. What a person let the fleet have again
/// in spite of the notice stays free.
final class LockRegressed {
    private final FixedVersions fixes;
    private final Regressions regressions;
    private final PendingPatches pending;
    private final Quarantine quarantine;

    LockRegressed(Database database, Quarantine quarantine) {
        this.fixes = new FixedVersions(database);
        this.regressions = new Regressions(database);
        this.pending = new PendingPatches(database);
        this.quarantine = quarantine;
    }

    /// A notice, with what it and the one that it repairs say of versions.
    record Notice(RegressionNoticed told, List<FixedVersion> said) {
        /// Whether the patch brings what the earlier notice brought, and not yet what repairs it.
        /// Where the earlier one's versions are not known, every version before the repair is
        /// meant.
        boolean means(PatchId patch) {
            Optional<FixedVersion> repair = of(told.advisory(), patch).findFirst();
            return repair.filter(each -> !has(patch, each)).isPresent()
                    && (of(told.follows(), patch).findAny().isEmpty()
                            || of(told.follows(), patch).anyMatch(each -> has(patch, each)));
        }

        private Stream<FixedVersion> of(String advisory, PatchId patch) {
            return said.stream()
                    .filter(
                            each ->
                                    each.advisory().equals(advisory)
                                            && each.fixed() != null
                                            && each.release().equals(patch.release())
                                            && each.source()
                                                    .equals(KnownAs.source(patch.source())));
        }

        private static boolean has(PatchId patch, FixedVersion fix) {
            return fix.fixedBy(
                    KnownAs.version(fix.source(), patch.version()),
                    VersionOrder.ofEcosystem(fix.ecosystem()).orElse(VersionOrder.DPKG));
        }

        /// The versions that the earlier notice brought, by the names that advisories use.
        private Stream<PatchId> brought() {
            return said.stream()
                    .filter(
                            each ->
                                    each.advisory().equals(told.follows())
                                            && each.kind() == PackageKind.SOURCE)
                    .filter(each -> each.fixed() != null)
                    .flatMap(
                            each ->
                                    PatchId.find(
                                            each.release(),
                                            each.source(),
                                            Objects.requireNonNull(each.fixed()))
                                            .stream());
        }

        String sentence() {
            return "%s says that %s broke something in %s."
                    .formatted(told.advisory(), told.follows(), String.join(", ", told.packages()));
        }
    }

    Notice notice(RegressionNoticed told) {
        return new Notice(told, fixes.ofAdvisories(List.of(told.advisory(), told.follows())));
    }

    /// Whether it is to be kept from the fleet: the notice means it, and no person has let it pass.
    boolean locks(Notice notice, PatchId patch) {
        return notice.means(patch) && !quarantine.released(patch, notice.sentence());
    }

    /// Everything that the notice means, as far as it is known now.
    void lock(Notice notice) {
        Set<PatchId> meant = new TreeSet<>();
        for (FixedVersion each : notice.said()) {
            if (each.advisory().equals(notice.told().advisory())) {
                meant.addAll(pending.of(each.release(), each.source()));
            } else {
                // From which version on it is broken is known, so that older ones are not meant.
                meant.addAll(pending.everSeen(each.release(), each.source()));
            }
        }
        notice.brought().forEach(meant::add);
        meant.forEach(patch -> lock(notice, patch));
    }

    /// What came to a host after the notice: under another name, or of a version that it did not
    /// tell.
    void seen(InventoryChanged seen) {
        Set<PatchId> patches = pending.of(seen.host());
        Map<String, Set<String>> sources =
                patches.stream()
                        .collect(
                                Collectors.groupingBy(
                                        PatchId::release,
                                        Collectors.mapping(
                                                patch -> KnownAs.source(patch.source()),
                                                Collectors.toSet())));
        sources.forEach(
                (release, some) ->
                        regressions
                                .of(release, some)
                                .forEach(
                                        told -> {
                                            Notice notice = notice(told);
                                            patches.forEach(patch -> lock(notice, patch));
                                        }));
    }

    private void lock(Notice notice, PatchId patch) {
        if (locks(notice, patch)) {
            quarantine.impose(patch, notice.sentence(), NextMoves.MACHINE, null);
        }
    }
}
