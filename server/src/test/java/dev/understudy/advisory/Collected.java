package dev.understudy.advisory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// What a format read, in memory.
public final class Collected implements FeedSink {
    public final List<FeedRecord> records = new ArrayList<>();
    public final List<String> rejections = new ArrayList<>();
    public long read;
    private FeedHeader header = new FeedHeader(null, "");

    /// Reads `testdata/feeds/NAME`.
    public static Collected of(FeedFormat format, String name) throws FeedException {
        return of(format, testdata(name));
    }

    public static Collected of(FeedFormat format, Path path) throws FeedException {
        return of(format, new FeedFile(path, FeedLimits.USUAL));
    }

    public static Collected of(FeedFormat format, FeedFile file) throws FeedException {
        Collected collected = new Collected();
        collected.header = FeedReader.read(format, file, collected);
        return collected;
    }

    public static Path testdata(String name) {
        return Path.of("testdata", "feeds", name);
    }

    /// A file of the shared public data; the test is skipped where there is none.
    public static Path shared(String name) {
        Path shared = Path.of("..", "..", "shared", "data", name).toAbsolutePath().normalize();
        Assumptions.assumeTrue(Files.exists(shared), "the shared data is not here: " + shared);
        return shared;
    }

    /// Writes a file with this content.
    public static Path write(Path folder, String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FeedHeader header() {
        return header;
    }

    public <T extends FeedRecord> List<T> all(Class<T> type) {
        return records.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void accept(FeedRecord item) {
        records.add(item);
    }

    @Override
    public void read(long documents) {
        read += documents;
    }

    @Override
    public void reject(String why) {
        rejections.add(why);
    }
}
