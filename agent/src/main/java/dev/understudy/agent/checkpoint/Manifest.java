package dev.understudy.agent.checkpoint;

import dev.understudy.protocol.Digests;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a checkpoint holds: the versions of all packages and every path, sorted. On disk it is one
/// JSON record a line (the header first) and, last, the SHA-256 of the lines before.
record Manifest(Header header, List<Saved> paths) {

    /// What the checkpoint is of.
    ///
    /// @param bytes size of the kept content
    /// @param repacked what is to be known of the archives of the former versions that are kept as
    ///   well; null where the plan was rehearsed, so that none are needed
    record Header(
            String id,
            Instant takenAt,
            Plan plan,
            List<InstalledPackage> packages,
            long bytes,
            @Nullable List<String> repacked) {}

    Manifest {
        paths = List.copyOf(paths);
    }

    void write(Path file) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        line(lines, header);
        for (Saved path : paths) {
            line(lines, new Line(path));
        }
        String digest = Digests.sha256(lines.toByteArray());
        lines.writeBytes((digest + "\n").getBytes(StandardCharsets.US_ASCII));
        Files.write(file, lines.toByteArray());
    }

    static Manifest read(Path file) throws IOException, CheckpointException {
        List<String> lines = lines(file);
        try {
            List<Saved> paths = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                paths.add(Wire.decode(bytes(line), Line.class).saved());
            }
            return new Manifest(header(lines), paths);
        } catch (WireException e) {
            throw unreadable(file, e);
        }
    }

    /// The header alone, of a manifest that is whole.
    static Header header(Path file) throws IOException, CheckpointException {
        try {
            return header(lines(file));
        } catch (WireException e) {
            throw unreadable(file, e);
        }
    }

    /// The header as it stands there, of a manifest that may be damaged behind it.
    static Header headerAlone(Path file) throws IOException, CheckpointException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String first = lines.readLine();
            return header(List.of(first == null ? "" : first));
        } catch (WireException e) {
            throw unreadable(file, e);
        }
    }

    private static Header header(List<String> lines) throws WireException {
        return Wire.decode(bytes(lines.getFirst()), Header.class);
    }

    private static List<String> lines(Path file) throws IOException, CheckpointException {
        byte[] all = Files.readAllBytes(file);
        int end = all.length - 65;
        if (end <= 0 || all[all.length - 1] != '\n') {
            throw new CheckpointException("The manifest %s is cut off".formatted(file));
        }
        byte[] lines = Arrays.copyOf(all, end);
        String digest = new String(all, end, 64, StandardCharsets.US_ASCII);
        if (!Digests.sha256(lines).equals(digest)) {
            throw new CheckpointException(
                    "The manifest %s was altered: its digest is not %s".formatted(file, digest));
        }
        return new String(lines, StandardCharsets.UTF_8).lines().toList();
    }

    private static CheckpointException unreadable(Path file, WireException e) {
        return new CheckpointException(
                "The manifest %s cannot be read: %s".formatted(file, e.getMessage()), e);
    }

    private static void line(ByteArrayOutputStream lines, Object record) {
        lines.writeBytes(Wire.encode(record));
        lines.write('\n');
    }

    private static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8);
    }

    /// The sealed type needs a field for its kind to be written with it.
    private record Line(Saved saved) {}
}
