package dev.understudy.advisory;

import dev.understudy.platform.Jobs;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the feeds that a site follows, each at its own pace. Catalogues of what is exploited
/// have a job of their own: another feed may take hours to come, and a deadline does not wait for
/// it.
public final class FollowFeeds {
    private static final Logger LOG = LoggerFactory.getLogger(FollowFeeds.class);
    private static final Duration LOOK = Duration.ofMinutes(1);

    private final Feeds feeds;

    public FollowFeeds(Feeds feeds) {
        this.feeds = feeds;
    }

    /// Has `sources` looked at from the start of the jobs on.
    public void follow(List<FeedSource> sources, Jobs jobs) {
        sources.stream()
                .collect(Collectors.groupingBy(FollowFeeds::job))
                .forEach((job, its) -> jobs.every(job, LOOK, () -> poll(its)));
    }

    private static String job(FeedSource source) {
        return FeedStatus.kindOf(source.name()).equals("kev")
                ? "advisory.poll-exploited"
                : "advisory.poll-feeds";
    }

    private void poll(List<FeedSource> sources) {
        for (FeedImport each : feeds.pollDue(sources)) {
            switch (each.outcome()) {
                case IMPORTED -> LOG.info("Feed {}", each.sentence());
                case UNCHANGED -> LOG.debug("Feed {}", each.sentence());
                case REFUSED, UNREACHABLE ->
                        LOG.warn("Feed {}: {}", each.status().name(), each.sentence());
            }
        }
    }
}
