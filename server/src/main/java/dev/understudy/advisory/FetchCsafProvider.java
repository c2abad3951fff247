package dev.understudy.advisory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Follows a CSAF provider from its `provider-metadata.json`: keeps a copy of every document that
/// it lists, with the hashes and signatures beside it, in a folder, and asks again only for what
/// the provider says has changed. What it lists no longer is deleted. The folder may be lost at any
/// time: everything is then fetched once more.
final class FetchCsafProvider {
    static final String METADATA = "provider-metadata.json";
    private static final List<String> BESIDE = List.of(".sha256", ".sha512", ".asc");
    private static final int BESIDE_BYTES = 64 << 10;

    private final Download download;
    private final FeedLimits limits;
    private final Path mirrors;

    /// @param mirrors where the copies are, one folder a feed
    FetchCsafProvider(Download download, FeedLimits limits, Path mirrors) {
        this.download = download;
        this.limits = limits;
        this.mirrors = mirrors;
    }

    /// One fetch of a feed at a time.
    synchronized FetchFeed.Fetched fetch(String feed, URI metadata, String authorization)
            throws IOException, InterruptedException, FeedException {
        List<ListCsafDocuments.Listed> listed =
                new ListCsafDocuments(download, limits, authorization).of(metadata);
        Path mirror = Files.createDirectories(mirrors.resolve(feed));
        Set<String> wanted = new HashSet<>();
        for (ListCsafDocuments.Listed each : listed) {
            wanted.add(each.name());
            Path file = mirror.resolve(each.name());
            if (!isCurrent(file, each)) {
                keep(file, each, authorization);
            }
        }
        deleteAllBut(wanted, mirror);
        return download.get(Download.Request.of(mirror.toUri(), ""));
    }

    /// A document's time here is that which its provider gave. Without one it is fetched each time.
    private static boolean isCurrent(Path file, ListCsafDocuments.Listed listed)
            throws IOException {
        return listed.updated() != null
                && Files.exists(file)
                && Files.getLastModifiedTime(file)
                        .toInstant()
                        .equals(FileTime.from(listed.updated()).toInstant());
    }

    /// First what lies beside it: a document that is there is there with its proofs.
    private void keep(Path file, ListCsafDocuments.Listed listed, String authorization)
            throws IOException, InterruptedException, FeedException {
        Files.deleteIfExists(file);
        Map<String, URI> proofs = new LinkedHashMap<>(listed.proofs());
        for (String ending : BESIDE) {
            URI url = proofs.getOrDefault(ending, URI.create(listed.url() + ending));
            Optional<byte[]> proof =
                    download.small(Download.Request.of(url, authorization), BESIDE_BYTES);
            Path beside = file.resolveSibling(file.getFileName() + ending);
            if (proof.isPresent()) {
                Files.write(beside, proof.get());
            } else if (proofs.containsKey(ending)) {
                throw new FeedException(
                        "%s is listed beside %s and is not there".formatted(url, listed.url()));
            } else {
                Files.deleteIfExists(beside);
            }
        }
        FetchFeed.Fetched fetched = download.get(Download.Request.of(listed.url(), authorization));
        if (!(fetched instanceof FetchFeed.Fetched.Copy copy) || copy.temporary() == null) {
            throw new FeedException("%s is no document".formatted(listed.url()));
        }
        try (copy) {
            Path part = file.resolveSibling(file.getFileName() + ".part");
            Files.copy(copy.temporary(), part, StandardCopyOption.REPLACE_EXISTING);
            if (listed.updated() != null) {
                Files.setLastModifiedTime(part, FileTime.from(listed.updated()));
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static void deleteAllBut(Set<String> wanted, Path mirror) throws IOException {
        try (Stream<Path> files = Files.list(mirror)) {
            for (Path each : files.toList()) {
                String document =
                        each.getFileName().toString().replaceFirst("\\.(sha256|sha512|asc)$", "");
                if (!wanted.contains(document)) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
