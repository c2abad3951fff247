package dev.understudy.agent.checkpoint;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What an interrupted dpkg, or an interrupted restore, leaves lying about. It must go before
/// anything else: dpkg replays its journal (`updates`) over whatever status file it then finds.
final class Leftovers {
    /// Begins the names of the files that a restore is about to rename into place.
    static final String TEMPORARY = ".understudy-restore-";

    private final Tree tree;
    private final Set<String> kept;
    private final Steps steps;

    /// @param kept paths that belong to the checkpoint, whatever they are called
    Leftovers(Tree tree, Set<String> kept, Steps steps) {
        this.tree = tree;
        this.kept = kept;
        this.steps = steps;
    }

    void sweep(Set<String> directories) throws IOException {
        deleteTree(tree.path("/var/lib/dpkg/tmp.ci"));
        for (String journal : names("/var/lib/dpkg/updates")) {
            delete("/var/lib/dpkg/updates/" + journal);
        }
        Set<String> all = new TreeSet<>(directories);
        all.addAll(configurationFolders());
        for (String directory : all) {
            for (String name : names(directory)) {
                String path = directory.equals("/") ? "/" + name : directory + "/" + name;
                if (isLeftover(name) && !kept.contains(path)) {
                    delete(path);
                }
            }
        }
    }

    private static boolean isLeftover(String name) {
        return name.endsWith(".dpkg-new")
                || name.endsWith(".dpkg-tmp")
                || name.startsWith(TEMPORARY);
    }

    private void delete(String path) throws IOException {
        steps.before("delete " + path);
        Path file = tree.path(path);
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            deleteTree(file);
        } else {
            Files.deleteIfExists(file);
        }
    }

    private List<String> names(String directory) throws IOException {
        if (!tree.isReachable(directory + "/x")) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(tree.path(directory))) {
            children.forEach(child -> names.add(child.getFileName().toString()));
        } catch (NoSuchFileException gone) {
            return List.of();
        }
        return names;
    }

    private Set<String> configurationFolders() throws IOException {
        Set<String> folders = new TreeSet<>();
        Path etc = tree.path("/etc");
        if (!tree.isReachable("/etc/x")) {
            return folders;
        }
        Files.walkFileTree(
                etc,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) {
                        String relative = etc.relativize(directory).toString();
                        folders.add(relative.isEmpty() ? "/etc" : "/etc/" + relative);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException failure)
                            throws IOException {
                        if (failure instanceof NoSuchFileException) {
                            return FileVisitResult.CONTINUE;
                        }
                        throw failure;
                    }
                });
        return folders;
    }

    /// Deletes the path and everything below it, never through a symbolic link.
    static void deleteTree(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(
                path,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path directory, @Nullable IOException e) throws IOException {
                        if (e != null) {
                            throw e;
                        }
                        Files.deleteIfExists(directory);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
