package dev.understudy.advisory;

import java.net.URI;
import java.time.Duration;

/// A feed to be followed: `name` starts with the word of its format, `every` is how often to look.
public record FeedSource(String name, URI url, Duration every) {
    public FeedSource {
        Feeds.requireName(name);
        if (every.compareTo(Duration.ofMinutes(5)) < 0) {
            throw new IllegalArgumentException(
                    "feed %s is to be checked every %s; at least 5 minutes are expected"
                            .formatted(name, every));
        }
    }
}
