package dev.understudy.risk.exposure;

import dev.understudy.advisory.TestAdvisories;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.version.VersionOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Exposure as its definition says, host by host, package by package and advisory by advisory, from
/// the inventories as they came.
final class BruteForce {
    private BruteForce() {}

    /// Whether a host that sent these inventories, the newest last, is exposed.
    static boolean exposed(
            List<Inventory> inventories, List<TestAdvisories.Row> statements, String cve) {
        if (inventories.isEmpty()) {
            return false;
        }
        Inventory newest = inventories.getLast();
        if (affected(newest, statements, cve, false) || told(newest, cve, false)) {
            return true;
        }
        for (int at = 0; at < inventories.size(); at++) {
            Inventory before = differentBefore(inventories, at);
            if (before == null) {
                continue;
            }
            for (boolean kernel : new boolean[] {false, true}) {
                if (stillThere(inventories, at, kernel)
                        && (affected(before, statements, cve, kernel)
                                || told(before, cve, kernel))) {
                    return true;
                }
            }
        }
        return false;
    }

    /// The newest one before `at` with another package set.
    private static @org.jspecify.annotations.Nullable Inventory differentBefore(
            List<Inventory> inventories, int at) {
        String shape = inventories.get(at).shapeDigest();
        for (int i = at - 1; i >= 0; i--) {
            if (!inventories.get(i).shapeDigest().equals(shape)) {
                return inventories.get(i);
            }
        }
        return null;
    }

    /// Whether anything that inventory `at` was the first to report as not in effect is in every
    /// inventory since.
    private static boolean stillThere(List<Inventory> inventories, int at, boolean kernel) {
        Set<String> left = reported(inventories.get(at), kernel);
        if (at > 0) {
            left.removeAll(reported(inventories.get(at - 1), kernel));
        }
        for (Inventory later : inventories.subList(at, inventories.size())) {
            left.retainAll(reported(later, kernel));
        }
        return !left.isEmpty();
    }

    private static Set<String> reported(Inventory inventory, boolean kernel) {
        Set<String> reported = new TreeSet<>();
        for (String reason : inventory.rebootReasons()) {
            if (reason.startsWith("kernel ")) {
                if (kernel) {
                    reported.add("kernel " + inventory.kernel().running());
                }
            } else {
                for (String name : reason.replace("asked for by ", "").split(", ")) {
                    if (name.startsWith("linux-") == kernel) {
                        reported.add(name);
                    }
                }
            }
        }
        if (!kernel) {
            inventory
                    .staleProcesses()
                    .forEach(
                            each -> {
                                reported.addAll(
                                        each.files().stream()
                                                .map(file -> each.command() + " maps " + file)
                                                .toList());
                                if (each.files().isEmpty()) {
                                    reported.add(each.command());
                                }
                            });
        }
        return reported;
    }

    private static boolean affected(
            Inventory inventory,
            List<TestAdvisories.Row> statements,
            String cve,
            boolean kernelOnly) {
        return statements.stream()
                .filter(row -> row.cves().contains(cve) && !row.withdrawn())
                .filter(row -> !row.state().equals("NOT_AFFECTED"))
                .filter(row -> row.release().equals(inventory.platform().codename()))
                .filter(row -> !kernelOnly || row.source().equals("linux"))
                .anyMatch(
                        row ->
                                versions(inventory, row.source()).stream()
                                        .anyMatch(v -> in(v, row)));
    }

    private static Set<String> versions(Inventory inventory, String source) {
        Set<String> versions = new HashSet<>();
        for (InstalledPackage each : inventory.packages()) {
            if (each.status().equals("ii")) {
                if (known(each.sourceName()).equals(source)) {
                    versions.add(known(each.sourceName(), each.sourceVersion()));
                }
            }
        }
        return versions;
    }

    private static boolean in(String version, TestAdvisories.Row row) {
        VersionOrder order = VersionOrder.DPKG;
        return (row.introduced().equals("0") || order.compare(version, row.introduced()) >= 0)
                && (row.fixed() == null || order.compare(version, row.fixed()) < 0);
    }

    /// Whether the inventory's changelogs name it.
    private static boolean told(Inventory inventory, String cve, boolean kernelOnly) {
        return naming(inventory, cve).stream()
                .anyMatch(each -> !kernelOnly || each.sourceName().startsWith("linux"));
    }

    private static List<PendingUpgrade> naming(Inventory inventory, String cve) {
        return inventory.pending().stream()
                .filter(each -> each.changelogRead() && each.cves().contains(cve))
                .toList();
    }

    /// Whether the changelogs of `before` name it, and `after` has still not what they are of.
    static boolean lacksWhatWasTold(Inventory before, Inventory after, String cve) {
        return naming(before, cve).stream()
                .anyMatch(
                        each ->
                                versions(after, known(each.sourceName())).stream()
                                        .anyMatch(
                                                v ->
                                                        VersionOrder.DPKG.compare(
                                                                        v,
                                                                        known(
                                                                                each.sourceName(),
                                                                                each
                                                                                        .sourceVersion()))
                                                                < 0));
    }

    private static String known(String source) {
        return source.equals("linux-signed-amd64") ? "linux" : source;
    }

    private static String known(String source, String version) {
        return source.equals("linux-signed-amd64") ? version.replace('+', '-') : version;
    }

    /// The statements of several feeds as one list.
    static List<TestAdvisories.Row> together(List<List<TestAdvisories.Row>> feeds) {
        List<TestAdvisories.Row> all = new ArrayList<>();
        feeds.forEach(all::addAll);
        return all;
    }
}
