package dev.understudy.agent.packages;

import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import java.util.List;

/// What a host could upgrade, and what would change if it upgraded all that it may.
///
/// @param pending every package with a newer candidate, with the reason where it would not be
///   installed
/// @param together exactly what would change, sorted: what the package manager would do by itself,
///   so that a plan of just these changes needs nothing beside them
public record Upgrades(List<PendingUpgrade> pending, List<PackageChange> together) {
    public Upgrades {
        pending = List.copyOf(pending);
        together = together.stream().sorted().toList();
    }
}
