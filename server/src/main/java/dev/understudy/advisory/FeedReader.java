package dev.understudy.advisory;

import java.io.IOException;
import tools.jackson.core.JacksonException;

/// Reads a feed with its format; whatever is wrong with the file is a [FeedException].
public final class FeedReader {
    private FeedReader() {}

    public static FeedHeader read(FeedFormat format, FeedFile file, FeedSink sink)
            throws FeedException {
        try {
            return format.read(file, sink);
        } catch (JacksonException e) {
            throw new FeedException(
                    "%s is not the JSON of a %s feed: %s"
                            .formatted(file.name(), format.kind(), e.getOriginalMessage()),
                    e);
        } catch (IOException e) {
            throw new FeedException(
                    "%s cannot be read to its end: %s".formatted(file.name(), told(e)), e);
        }
    }

    private static String told(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
