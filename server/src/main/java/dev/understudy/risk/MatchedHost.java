package dev.understudy.risk;

import dev.understudy.fleet.Exposure;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What one host lacks, before anything is known of how urgent it is: its pending patches with what
/// each fixes and how far an attacker gets to it, and what nothing pending fixes. It stays while
/// the host's inventory, its exposure and the statements about its packages do.
///
/// @param release as [dev.understudy.advisory.Releases] names it
/// @param unfixed what it is affected by and nothing pending fixes
/// @param facts of its inventory, what it has in common with those that are alike: its platform,
///   what is pending and its capabilities
record MatchedHost(String release, List<Need> needs, List<Finding> unfixed, Inventory facts) {
    MatchedHost {
        needs = List.copyOf(needs);
        unfixed = List.copyOf(unfixed);
    }

    /// A patch that it needs.
    record Need(GroupPending.Pending pending, List<PackageChange> changes, Reach reach) {
        Need {
            changes = List.copyOf(changes);
        }
    }

    /// @param findings what the host's shape is affected by
    /// @param match by the order of the host's package manager
    static MatchedHost of(
            String release,
            Exposure exposure,
            Inventory inventory,
            List<Finding> findings,
            MatchShape match) {
        FindReach reach = new FindReach(inventory, exposure);
        return new MatchedHost(
                release,
                GroupPending.group(release, inventory, findings, match).stream()
                        .map(pending -> need(pending, reach))
                        .toList(),
                GroupPending.unfixed(inventory, findings, match),
                common(inventory, inventory.pending()));
    }

    private static Inventory common(Inventory from, List<PendingUpgrade> pending) {
        return new Inventory(
                from.platform(),
                from.kernel(),
                List.of(),
                pending,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                from.capabilities(),
                null);
    }

    private static Need need(GroupPending.Pending pending, FindReach reach) {
        List<PackageChange> changes =
                pending.upgrades().stream().map(PendingUpgrade::change).toList();
        return new Need(pending, changes, reach.of(pending.id().source(), changes));
    }

    static Set<PatchId> patches(List<Need> needs) {
        return needs.stream().map(each -> each.pending().id()).collect(Collectors.toSet());
    }

    /// On which the urgency of its patches depends.
    Set<String> cves() {
        return cves(needs);
    }

    static Set<String> cves(List<Need> needs) {
        return needs.stream()
                .flatMap(each -> each.pending().fixed().stream())
                .map(GroupPending.Fixed::cve)
                .collect(Collectors.toSet());
    }

    /// Makes hosts share what they both lack.
    static final class Shared {
        private final SharedValues<Need> needs = new SharedValues<>();
        private final SharedValues<Finding> findings = new SharedValues<>();
        private final SharedValues<List<Finding>> unfixed = new SharedValues<>();
        private final SharedValues<PendingUpgrade> upgrades = new SharedValues<>();

        MatchedHost of(MatchedHost host) {
            Inventory facts = host.facts();
            return new MatchedHost(
                    host.release(),
                    needs.each(host.needs().stream().map(this::of).toList()),
                    unfixed.of(findings.each(host.unfixed())),
                    common(facts, upgrades.each(facts.pending())));
        }

        private Need of(Need need) {
            GroupPending.Pending pending = need.pending();
            return new Need(
                    new GroupPending.Pending(
                            pending.id(), upgrades.each(pending.upgrades()), pending.fixed()),
                    need.changes(),
                    need.reach());
        }
    }
}
