package dev.understudy.protocol;

import java.util.List;

/// Exactly what is to change on one host: every package by name, architecture and both versions,
/// sorted. What the package manager would change beyond it makes the plan invalid on that host.
public record Plan(List<PackageChange> changes) {
    public Plan {
        changes = changes.stream().sorted().toList();
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("the plan changes nothing");
        }
        if (changes.size() > 5_000) {
            throw new IllegalArgumentException(
                    "the plan has %d changes; at most 5000 are allowed".formatted(changes.size()));
        }
        for (int i = 1; i < changes.size(); i++) {
            if (changes.get(i - 1).compareTo(changes.get(i)) == 0) {
                throw new IllegalArgumentException(
                        "the plan names %s twice".formatted(changes.get(i).name()));
            }
        }
    }

    /// SHA-256 in hex of the plan's canonical text: the same plan has the same digest on any host.
    public String digest() {
        StringBuilder text = new StringBuilder();
        changes.forEach(change -> text.append(change).append('\n'));
        return Digests.sha256(text.toString());
    }
}
