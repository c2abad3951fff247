package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The files of a place (the host or its twin) by their absolute, plain paths. A path whose parent
/// is a symbolic link does not exist here: following it could lead out of the twin, or to a file
/// that has a path of its own.
final class Tree {
    private static final int MOST_LINKS = 40;

    private final Path root;
    private final Map<String, Boolean> real = new ConcurrentHashMap<>();

    Tree(Path root) {
        this.root = root;
    }

    /// Where the path is on the agent's own file system, always inside the tree.
    Path path(String absolute) {
        int start = 0;
        while (start < absolute.length() && absolute.charAt(start) == '/') {
            start++;
        }
        return root.resolve(absolute.substring(start));
    }

    Optional<LiveFile> at(String absolute) throws IOException {
        return isReachable(absolute) ? LiveFile.at(path(absolute)) : Optional.empty();
    }

    /// Whether every parent of the path is a real directory.
    boolean isReachable(String absolute) {
        return isRealDirectory(parent(absolute));
    }

    /// The path as it is called here, with the symbolic links among its parents followed; none of
    /// them leads out of the tree.
    String real(String absolute) throws IOException {
        String at = "";
        Deque<String> left = new ArrayDeque<>(parts(absolute));
        int links = 0;
        while (!left.isEmpty()) {
            String part = left.removeFirst();
            String next = at + "/" + part;
            if (part.equals("..")) {
                at = at.isEmpty() ? "" : at.substring(0, at.lastIndexOf('/'));
            } else if (!left.isEmpty() && Files.isSymbolicLink(path(next))) {
                if (++links > MOST_LINKS) {
                    throw new IOException("%s leads in circles".formatted(absolute));
                }
                String target = Files.readSymbolicLink(path(next)).toString();
                at = target.startsWith("/") ? "" : at;
                parts(target).reversed().forEach(left::addFirst);
            } else {
                at = next;
            }
        }
        return at.isEmpty() ? "/" : at;
    }

    private static List<String> parts(String path) {
        return Arrays.stream(path.split("/"))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .toList();
    }

    /// To be called when a directory came to be or ceased to be one.
    void forgetDirectories() {
        real.clear();
    }

    /// Waits until everything written to the file systems that packages use is on disk.
    void sync() throws IOException {
        for (String mount : List.of("/", "/usr", "/var", "/etc", "/boot")) {
            if (Files.isDirectory(path(mount))) {
                Libc.sync(path(mount));
            }
        }
    }

    static String parent(String absolute) {
        int slash = absolute.lastIndexOf('/');
        return slash <= 0 ? "/" : absolute.substring(0, slash);
    }

    private boolean isRealDirectory(String absolute) {
        if (absolute.equals("/")) {
            return true;
        }
        Boolean known = real.get(absolute);
        if (known != null) {
            return known;
        }
        boolean is =
                isRealDirectory(parent(absolute))
                        && Files.isDirectory(path(absolute), LinkOption.NOFOLLOW_LINKS);
        real.put(absolute, is);
        return is;
    }
}
