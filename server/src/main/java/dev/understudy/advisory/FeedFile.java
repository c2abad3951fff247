package dev.understudy.advisory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// A feed on disk: one document, plain or packed with gzip, zstd or xz; a zip or tar archive of
/// documents; or a directory of them. What it is is told by its content, not by its name.
///
/// @param name what the feed's publisher calls the file
/// @param feed the name of the feed here; empty where it is read outside of any
/// @param siblings hashes and signatures that its publisher keeps beside it, by their names
public record FeedFile(
        Path path, String name, FeedLimits limits, String feed, Map<String, byte[]> siblings) {
    public FeedFile {
        siblings = Map.copyOf(siblings);
    }

    /// Reads one document.
    @FunctionalInterface
    public interface Reading {
        void read(String name, InputStream content) throws IOException, FeedException;
    }

    public FeedFile(Path path, FeedLimits limits) {
        this(path, path.toAbsolutePath().getFileName().toString(), limits, "", Map.of());
    }

    FeedFile ofFeed(String named) {
        return new FeedFile(path, name, limits, named, siblings);
    }

    FeedFile with(Map<String, byte[]> beside) {
        return new FeedFile(path, name, limits, feed, beside);
    }

    /// The one document that this file is.
    public InputStream open() throws IOException, FeedException {
        if (Files.isDirectory(path)) {
            throw new FeedException(name + " is a directory where one document is expected");
        }
        InputStream in = unpacked();
        if (Unpack.isZip(in)) {
            in.close();
            throw new FeedException(name + " is a zip archive where one document is expected");
        }
        return in;
    }

    /// Reads every document whose name, without how it is packed, is `wanted`; of a single document
    /// the name does not matter.
    public void each(Predicate<String> wanted, Reading reading) throws IOException, FeedException {
        if (Files.isDirectory(path)) {
            eachOfDirectory(wanted, reading);
        } else if (isZip()) {
            eachOfArchive(wanted, reading);
        } else if (isTar()) {
            eachOfTar(wanted, reading);
        } else {
            try (InputStream in = open()) {
                reading.read(name, in);
            }
        }
    }

    /// Whether it is an archive or a directory of documents rather than one document.
    public boolean isCollection() throws IOException {
        return Files.isDirectory(path) || isZip() || isTar();
    }

    /// Holds `in` to the size that a document may have.
    public AllowanceStream document(InputStream in) {
        return new AllowanceStream(in, limits.documentBytes(), "a document of " + name);
    }

    private boolean isTar() throws IOException {
        try (InputStream in = unpacked()) {
            return Unpack.isTar(in);
        }
    }

    private InputStream unpacked() throws IOException {
        InputStream file = Files.newInputStream(path);
        try {
            return Unpack.layers(file, name, limits.unpackedFrom(Files.size(path)));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private boolean isZip() throws IOException {
        try (InputStream in = Unpack.buffered(Files.newInputStream(path))) {
            return Unpack.isZip(in);
        }
    }

    private void eachOfDirectory(Predicate<String> wanted, Reading reading)
            throws IOException, FeedException {
        int seen = 0;
        try (Stream<Path> files = Files.walk(path)) {
            for (Iterator<Path> all = files.iterator(); all.hasNext(); ) {
                Path file = all.next();
                String called = withoutPacking(file.getFileName().toString());
                if (!wanted.test(called) || !Files.isRegularFile(file)) {
                    continue;
                }
                refuseMoreThan(++seen);
                try (InputStream in = Files.newInputStream(file)) {
                    InputStream content = Unpack.layers(in, called, limits.documentBytes());
                    reading.read(
                            called, new AllowanceStream(content, limits.documentBytes(), called));
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// Every entry is held to the size of a document, the whole by how it was unpacked.
    private void eachOfTar(Predicate<String> wanted, Reading reading)
            throws IOException, FeedException {
        int seen = 0;
        try (TarArchiveInputStream archive = new TarArchiveInputStream(unpacked())) {
            for (TarArchiveEntry entry = archive.getNextEntry();
                    entry != null;
                    entry = archive.getNextEntry()) {
                String called = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                if (!entry.isFile() || !wanted.test(called)) {
                    continue;
                }
                refuseMoreThan(++seen);
                reading.read(
                        called,
                        Unpack.keptOpen(
                                new AllowanceStream(archive, limits.documentBytes(), called)));
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("the archive is damaged: " + e.getMessage(), e);
        }
    }

    private static String withoutPacking(String called) {
        return called.replaceFirst("\\.(gz|zst|xz)$", "");
    }

    private void eachOfArchive(Predicate<String> wanted, Reading reading)
            throws IOException, FeedException {
        int seen = 0;
        long unpacked = 0;
        long most = limits.unpackedFrom(Files.size(path));
        try (ZipFile archive = open(path)) {
            for (Enumeration<? extends ZipEntry> all = archive.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                String called = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
                if (entry.isDirectory() || !wanted.test(called)) {
                    continue;
                }
                refuseMoreThan(++seen);
                unpacked += readEntry(archive, entry, reading);
                if (unpacked > most) {
                    throw new IOException(
                            "%s unpacks to more than the %d bytes that are allowed"
                                    .formatted(name, most));
                }
            }
        }
    }

    private static ZipFile open(Path path) throws IOException {
        try {
            return new ZipFile(path.toFile());
        } catch (IllegalArgumentException e) {
            throw new IOException("the archive's directory is damaged: " + e.getMessage(), e);
        }
    }

    /// ZipFile itself does not compare checksums.
    private long readEntry(ZipFile archive, ZipEntry entry, Reading reading)
            throws IOException, FeedException {
        CRC32 sum = new CRC32();
        long allowed = Math.min(limits.documentBytes(), mostOf(entry));
        long[] count = new long[1];
        try (InputStream raw = archive.getInputStream(entry)) {
            if (raw == null) {
                throw new IOException(entry.getName() + " is missing from the archive");
            }
            InputStream in =
                    new CheckedInputStream(
                            new AllowanceStream(raw, allowed, entry.getName()), sum) {
                        @Override
                        public int read(byte[] bytes, int offset, int length) throws IOException {
                            int got = super.read(bytes, offset, length);
                            count[0] += Math.max(got, 0);
                            return got;
                        }
                    };
            reading.read(entry.getName(), in);
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        if (entry.getCrc() >= 0 && entry.getCrc() != sum.getValue()) {
            throw new IOException(entry.getName() + " does not match its checksum");
        }
        return count[0];
    }

    private long mostOf(ZipEntry entry) {
        return entry.getCompressedSize() < 0
                ? limits.documentBytes()
                : limits.unpackedFrom(entry.getCompressedSize());
    }

    private void refuseMoreThan(int seen) throws FeedException {
        if (seen > limits.documents()) {
            throw new FeedException(
                    "%s has more than the %d documents that are allowed"
                            .formatted(name, limits.documents()));
        }
    }
}
