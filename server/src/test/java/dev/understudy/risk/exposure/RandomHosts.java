package dev.understudy.risk.exposure;

import dev.understudy.advisory.TestAdvisories;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.DiskSpace;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.StaleProcess;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Small hosts and advisories by chance, close enough to each other that everything meets.
final class RandomHosts {
    static final List<String> CVES =
            List.of("CVE-2026-20001", "CVE-2026-20002", "CVE-2026-20003", "CVE-2026-20004");
    private static final List<String> SOURCES = List.of("openssl", "nginx", "curl", "linux");
    private static final List<String> VERSIONS =
            List.of("1.0~rc1-1", "1.0-1", "1.0-1+deb12u1", "1.0-2", "1.1-1", "1:0.9-1", "1.10-1");
    private static final List<String> KERNELS = List.of("6.1.9", "6.1.10", "6.1.99", "6.10.1");

    private final Random random;

    RandomHosts(Random random) {
        this.random = random;
    }

    <T> T any(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    /// Another inventory of the host after `before`: some packages go up or down, some processes
    /// and the kernel go on as they were.
    Inventory next(@Nullable Inventory before) {
        TreeMap<String, InstalledPackage> packages = new TreeMap<>();
        if (before != null && random.nextInt(5) > 0) {
            before.packages().forEach(each -> packages.put(key(each), each));
        }
        for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
            InstalledPackage changed = aPackage();
            packages.put(key(changed), changed);
        }
        String codename =
                before == null
                        ? any(List.of("bookworm", "bookworm", "trixie"))
                        : before.platform().codename();
        return new Inventory(
                new Platform("debian", "12", codename, "Debian", "amd64", "kvm"),
                new Kernel("6.1." + random.nextInt(2), List.of()),
                List.copyOf(packages.values()),
                random.nextBoolean() ? List.of() : List.of(pending()),
                List.of(),
                List.of(),
                List.of(new DiskSpace("/", 1 << 30, 1 << 29)),
                stale(before),
                reasons(),
                new Capabilities("apt", true, "", Capabilities.Mode.MANAGED, List.of()),
                Instant.parse("2026-11-23T06:00:00Z"));
    }

    private InstalledPackage aPackage() {
        String source = any(SOURCES);
        if (source.equals("linux")) {
            String kernel = any(KERNELS);
            boolean signed = random.nextBoolean();
            String version = kernel + (signed ? "+1" : "-1");
            return new InstalledPackage(
                    "linux-image-" + kernel + "-amd64",
                    "amd64",
                    kernel + "-1",
                    signed ? "linux-signed-amd64" : "linux",
                    version,
                    random.nextInt(6) == 0 ? "rc" : "ii");
        }
        String version = any(VERSIONS);
        String name = random.nextBoolean() ? source : "lib" + source;
        return new InstalledPackage(
                name, "amd64", version, source, version, random.nextInt(8) == 0 ? "rc" : "ii");
    }

    private static String key(InstalledPackage each) {
        return each.name() + each.architecture();
    }

    private List<StaleProcess> stale(@Nullable Inventory before) {
        List<StaleProcess> stale = new ArrayList<>();
        if (before != null) {
            before.staleProcesses().stream().filter(_ -> random.nextInt(3) > 0).forEach(stale::add);
        }
        if (random.nextInt(3) == 0) {
            String process = any(List.of("nginx", "sshd", "cron"));
            stale.add(
                    new StaleProcess(
                            process,
                            process + ".service",
                            random.nextBoolean()
                                    ? List.of("/lib/libssl.so", "/lib/libc.so")
                                    : List.of()));
        }
        return stale;
    }

    private List<String> reasons() {
        return switch (random.nextInt(6)) {
            case 0 -> List.of("kernel 6.1.0 runs, 6.1.9 is installed");
            case 1 -> List.of("asked for by libc6, linux-image-amd64");
            default -> List.of();
        };
    }

    private PendingUpgrade pending() {
        boolean kernel = random.nextInt(4) == 0;
        String source = kernel ? "linux-signed-amd64" : any(SOURCES.subList(0, 3));
        String version = kernel ? any(KERNELS) + "+1" : any(VERSIONS);
        return new PendingUpgrade(
                source,
                "amd64",
                "0.1",
                version,
                source,
                version,
                "Debian",
                "Debian-Security",
                "bookworm-security",
                true,
                PendingUpgrade.Blocked.NONE,
                random.nextBoolean() ? List.of() : List.of(any(CVES)),
                random.nextInt(4) > 0,
                1_000);
    }

    /// What a feed may say next: of what it said before, most.
    List<TestAdvisories.Row> statements(List<TestAdvisories.Row> before) {
        List<TestAdvisories.Row> rows = new ArrayList<>();
        before.stream().filter(_ -> random.nextInt(6) > 0).forEach(rows::add);
        for (int added = random.nextInt(3); added > 0; added--) {
            TestAdvisories.Row row = statement();
            rows.removeIf(each -> each.advisory().equals(row.advisory()));
            rows.add(row);
        }
        return rows;
    }

    private TestAdvisories.Row statement() {
        String source = any(SOURCES);
        List<String> versions =
                source.equals("linux") ? KERNELS.stream().map(v -> v + "-1").toList() : VERSIONS;
        String state = any(List.of("FIXED", "FIXED", "FIXED", "NOT_FIXED", "NOT_AFFECTED"));
        String first = any(CVES);
        String second = any(CVES);
        return new TestAdvisories.Row(
                "DSA-" + random.nextInt(8),
                first.equals(second) ? List.of(first) : List.of(first, second),
                random.nextInt(6) == 0,
                any(List.of("bookworm", "bookworm", "trixie")),
                source,
                state,
                random.nextInt(3) == 0 ? any(versions) : "0",
                state.equals("FIXED") ? any(versions) : null);
    }
}
