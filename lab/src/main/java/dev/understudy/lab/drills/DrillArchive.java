package dev.understudy.lab.drills;

import dev.understudy.lab.Programs;
import dev.understudy.lab.StateFile;
import dev.understudy.lab.gateway.DrillFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/// The drill archive: version 1.0 of every drill, and version 2.0 of those that are published.
///
/// To its hosts it is a security archive of Debian, since that is what is drilled; only they know
/// its key and only the lab's gateway has its address.
public final class DrillArchive {
    private static final String SUITE = "drill-security";
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final Path folder;
    private final SigningKey key;

    /// @param folder the lab's folder of drills; the part that hosts see is below `archive`
    public DrillArchive(Path folder) {
        this.folder = folder;
        this.key = new SigningKey(folder.resolve("key"));
    }

    /// Builds what is missing and publishes the indexes anew.
    public void build() {
        changePublished(published());
    }

    /// Makes version 2.0 of these drills visible, and of no others.
    public void publish(Collection<Drill> drills) {
        changePublished(drills);
    }

    /// The drills whose version 2.0 is visible.
    public Set<Drill> published() {
        var drills = EnumSet.noneOf(Drill.class);
        try {
            for (String line : Files.readAllLines(folder.resolve("published"))) {
                drills.add(Drill.of(line));
            }
        } catch (NoSuchFileException _) {
            return drills;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return drills;
    }

    public Path publicKey() {
        return key.publicKey();
    }

    /// What a host's apt has to know, for a file in sources.list.d.
    public static String source(String keyFile) {
        return """
        Types: deb
        URIs: http://%s
        Suites: %s
        Components: main
        Signed-By: %s
        """
                .formatted(DrillFiles.HOST, SUITE, keyFile);
    }

    private void changePublished(Collection<Drill> drills) {
        var wanted = EnumSet.noneOf(Drill.class);
        wanted.addAll(drills);
        try {
            key.ensure();
            Path pool = folder.resolve("archive/pool");
            Files.createDirectories(pool);
            for (Drill drill : Drill.values()) {
                new DrillPackage(drill, DrillPackage.SOUND).build(pool);
                new DrillPackage(drill, DrillPackage.FAULTY).build(pool);
            }
            index(pool, wanted);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot build the drill archive in " + folder, e);
        }
        var lines = wanted.stream().map(drill -> drill.text() + "\n").toList();
        StateFile.writeText(folder.resolve("published"), String.join("", lines));
    }

    /// The signed index comes last and names the others by their hash, so a host that reads
    /// meanwhile sees either the old archive or the new one.
    private void index(Path pool, Set<Drill> faulty) throws IOException {
        var stanzas = new ArrayList<String>();
        for (Drill drill : Drill.values()) {
            stanzas.add(stanza(pool, new DrillPackage(drill, DrillPackage.SOUND)));
            if (faulty.contains(drill)) {
                stanzas.add(stanza(pool, new DrillPackage(drill, DrillPackage.FAULTY)));
            }
        }
        byte[] packages = String.join("\n", stanzas).getBytes(StandardCharsets.UTF_8);
        String architecture = Programs.run("dpkg", "--print-architecture");
        String place = "main/binary-" + architecture;
        String hash = sha256(packages);
        Path dist = folder.resolve("archive/dists").resolve(SUITE);
        Path byHash = dist.resolve(place).resolve("by-hash/SHA256");
        Files.createDirectories(byHash);
        Files.write(byHash.resolve(hash), packages);
        Files.write(dist.resolve(place).resolve("Packages"), packages);
        Path release = folder.resolve("Release");
        Files.writeString(
                release,
                """
                Origin: Debian
                Label: Debian-Security
                Suite: %1$s
                Codename: %1$s
                Date: %2$s
                Architectures: all %3$s
                Components: main
                Acquire-By-Hash: yes
                No-Support-for-Architecture-all: Packages
                SHA256:
                 %4$s %5$d %6$s/Packages
                """
                        .formatted(
                                SUITE,
                                DATE.format(Instant.now()),
                                architecture,
                                hash,
                                packages.length,
                                place));
        Path signed = folder.resolve("InRelease");
        key.sign(release, signed);
        Files.move(
                signed,
                dist.resolve("InRelease"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static String stanza(Path pool, DrillPackage one) throws IOException {
        Path file = pool.resolve(one.fileName());
        byte[] bytes = Files.readAllBytes(file);
        return """
        %s
        Filename: pool/%s
        Size: %d
        SHA256: %s
        """
                .formatted(
                        Programs.run("dpkg-deb", "--field", file.toString()),
                        one.fileName(),
                        bytes.length,
                        sha256(bytes));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
