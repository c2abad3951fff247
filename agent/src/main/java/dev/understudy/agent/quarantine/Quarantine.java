package dev.understudy.agent.quarantine;

import dev.understudy.agent.log.Log;
import dev.understudy.agent.orders.LocalPolicy;
import dev.understudy.agent.packages.KeptAway;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Makeup;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.QuarantineNotice;
import dev.understudy.protocol.QuarantinedVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The versions that this host may not get, as the control plane told them last; kept on disk, so
/// that a host that is cut off keeps to them too. On a managed host nobody who uses the package
/// manager gets them, unless its owner refuses that; on one that is only observed they are known,
/// and nothing is changed.
public final class Quarantine {
    private final QuarantineFile file;
    private final PackageManager packages;
    private final Supplier<LocalPolicy> policy;
    private QuarantineFile.Content known;
    private List<KeptAway> kept;
    private boolean settled;

    /// @param folder where it keeps what it was told
    public Quarantine(Path folder, PackageManager packages, Supplier<LocalPolicy> policy) {
        this.file = new QuarantineFile(folder);
        this.packages = packages;
        this.policy = policy;
        this.known = file.read().orElse(new QuarantineFile.Content(null, "", null));
        this.kept = itself(here());
    }

    /// Stands for the list that is known here; empty if none is.
    public synchronized String digest() {
        QuarantineNotice notice = known.notice();
        return notice == null ? "" : notice.digest();
    }

    /// Takes what the answer to a check-in says; null: that the list known here is right.
    public synchronized void heard(@Nullable QuarantineNotice notice) throws InterruptedException {
        if (notice != null) {
            know(new QuarantineFile.Content(notice, known.release(), known.makeup()));
        }
        settle();
    }

    /// Takes into account what the host is like now.
    public synchronized void seen(Inventory inventory) throws InterruptedException {
        know(
                new QuarantineFile.Content(
                        known.notice(),
                        inventory.platform().release(),
                        Makeup.of(inventory).orElse(null)));
        settle();
    }

    /// What concerns this host.
    public synchronized List<QuarantinedVersion> here() {
        return known.versions().stream()
                .filter(each -> each.concerns(known.release(), known.makeup()))
                .toList();
    }

    /// Why nobody may install this plan here; empty if it brings nothing that is in quarantine, or
    /// if the owner wants it so.
    public Optional<String> refusal(Plan plan) {
        if (!policy.get().holdsQuarantine()) {
            return Optional.empty();
        }
        for (PackageChange change : plan.changes()) {
            Optional<QuarantinedVersion> found = of(change);
            if (found.isPresent()) {
                return found.map(each -> sentence(change.name() + " " + change.to(), each));
            }
        }
        return Optional.empty();
    }

    /// The quarantined version that an upgrade would bring; empty if it brings none.
    public Optional<QuarantinedVersion> of(PendingUpgrade upgrade) {
        return here().stream()
                .filter(
                        each ->
                                each.is(upgrade.sourceName(), upgrade.sourceVersion())
                                        || each.is(upgrade.name(), upgrade.candidateVersion()))
                .findFirst();
    }

    public static String sentence(String what, QuarantinedVersion quarantined) {
        return "%s is in quarantine, and nobody may install it here before it is released (understudy quarantine release %s): %s"
                .formatted(what, quarantined.patch(), quarantined.reason());
    }

    private synchronized Optional<QuarantinedVersion> of(PackageChange change) {
        return kept.stream().filter(each -> each.isBroughtBy(change)).map(KeptAway::of).findFirst();
    }

    private void know(QuarantineFile.Content content) {
        if (!content.equals(known)) {
            try {
                file.write(content);
            } catch (IOException e) {
                // It holds as long as the agent runs; the next one is told again.
                Log.error("what is in quarantine cannot be kept on disk: %s", e);
            }
            known = content;
            kept = itself(here());
        }
        // Another version may be installed, or in the package lists.
        settled = false;
    }

    /// Each under its own name: what is known of them without the package manager.
    private static List<KeptAway> itself(List<QuarantinedVersion> versions) {
        return versions.stream()
                .map(each -> new KeptAway(each.source(), each.version(), false, each))
                .toList();
    }

    /// Has the package manager keep away from what is quarantined now. What fails is tried again at
    /// the next check-in.
    public synchronized void settle() throws InterruptedException {
        LocalPolicy now = policy.get();
        // What the owner meant by a policy that cannot be used is not for us to guess.
        if (settled
                || known.notice() == null
                || known.release().isEmpty()
                || !now.faults().isEmpty()) {
            return;
        }
        try {
            List<QuarantinedVersion> here = here();
            kept = here.isEmpty() ? List.of() : packages.standFor(here);
            packages.keepAway(now.holdsQuarantine() ? kept : List.of());
            settled = true;
        } catch (PackageManagerException e) {
            Log.error("quarantined versions cannot be kept away: %s", e.getMessage());
        }
    }
}
