package dev.understudy.agent.checkpoint;

import dev.understudy.protocol.CheckpointInfo;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// All checkpoints in a folder: those that can be read, newest first, and those that cannot, which
/// must not hide the others.
public record Kept(List<Checkpoint> readable, List<Damaged> damaged) {
    static final String ID = "[0-9a-zA-Z-]{1,64}";

    /// A checkpoint whose manifest cannot be read, so that it can restore nothing.
    ///
    /// @param takenAt when its folder was finished, as the file system has it
    public record Damaged(String id, Instant takenAt, String why) {}

    public Kept {
        readable = List.copyOf(readable);
        damaged = List.copyOf(damaged);
    }

    public List<CheckpointInfo> infos() {
        return readable.stream().map(Checkpoint::info).toList();
    }

    /// All in the folder, each read and verified.
    static Kept in(Path folder) throws IOException {
        return in(folder, Checkpoint::in);
    }

    /// All in the folder by the headers of their manifests, without a look at what follows these:
    /// quick, and one that is damaged further on counts as readable.
    static Kept atAGlance(Path folder) throws IOException {
        return in(folder, Checkpoint::atAGlance);
    }

    private interface Look {
        Checkpoint at(Path folder) throws IOException, CheckpointException;
    }

    private static Kept in(Path folder, Look look) throws IOException {
        List<Checkpoint> readable = new ArrayList<>();
        List<Damaged> damaged = new ArrayList<>();
        for (Path child : children(folder)) {
            String id = child.getFileName().toString();
            if (!id.matches(ID)) {
                continue;
            }
            try {
                readable.add(look.at(child));
            } catch (IOException | CheckpointException e) {
                damaged.add(
                        new Damaged(
                                id,
                                Files.getLastModifiedTime(child).toInstant(),
                                String.valueOf(e.getMessage())));
            }
        }
        readable.sort(Comparator.comparing(Checkpoint::takenAt).reversed());
        damaged.sort(Comparator.comparing(Damaged::id));
        return new Kept(readable, damaged);
    }

    /// Everything in the folder, also what is not a complete checkpoint.
    static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
        }
        return children;
    }
}
