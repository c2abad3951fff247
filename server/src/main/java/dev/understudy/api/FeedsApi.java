package dev.understudy.api;

import dev.understudy.advisory.FeedCounts;
import dev.understudy.advisory.FeedImport;
import dev.understudy.advisory.FeedStatus;
import dev.understudy.advisory.Feeds;
import dev.understudy.governance.Operator;
import dev.understudy.governance.Role;
import dev.understudy.platform.Problem;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Where knowledge of vulnerabilities comes from, how fresh it is, and imports by hand.
@RestController
@RequestMapping("/api/v1/feeds")
public final class FeedsApi {
    private final Feeds feeds;

    public FeedsApi(Feeds feeds) {
        this.feeds = feeds;
    }

    /// All feeds, and what is known and unknown with them.
    record All(List<Feed> items, String coverage) {}

    /// One feed.
    ///
    /// @param read how many documents or lines the data in force has
    /// @param detail what is wrong; empty if nothing is
    /// @param note what is worth knowing though nothing is wrong; empty if nothing is
    record Feed(
            String name,
            FeedStatus.State state,
            String url,
            long records,
            Map<String, Long> counts,
            @Nullable Instant checkedAt,
            @Nullable Instant fetchedAt,
            @Nullable Instant sourceDate,
            String model,
            String sha256,
            long read,
            String detail,
            String note) {
        static Feed of(FeedStatus status) {
            FeedCounts counts = status.counts();
            return new Feed(
                    status.name(),
                    status.state(),
                    status.url(),
                    counts.total(),
                    counts.byKind(),
                    status.checkedAt(),
                    status.fetchedAt(),
                    status.sourceDate(),
                    status.model(),
                    status.sha256(),
                    status.read(),
                    status.problem(),
                    status.note());
        }
    }

    /// What to import: `https://…`, or for an ADMIN `file:///…` on the control plane's machine.
    ///
    /// @param acceptLoss whether it counts though it lost more than such a feed may; for an
    ///   APPROVER
    record Request(String url, Optional<Boolean> acceptLoss) {}

    /// How an import ended.
    record Imported(FeedImport.Outcome outcome, String sentence, Feed feed) {}

    @GetMapping
    All all() {
        return new All(feeds.status().stream().map(Feed::of).toList(), feeds.coverage().sentence());
    }

    @PostMapping("/{name}/import")
    Imported take(Operator operator, @PathVariable String name, @RequestBody Request request) {
        URI url = url(request.url());
        boolean remote = "https".equalsIgnoreCase(url.getScheme());
        if (!remote && !operator.role().includes(Role.ADMIN)) {
            throw new Problem(
                    Problem.Kind.FORBIDDEN,
                    "role-missing",
                    ("Only https URLs may be imported with the role %s; files of the control"
                                    + " plane's machine need ADMIN.")
                            .formatted(operator.role()));
        }
        Feeds.Loss loss =
                request.acceptLoss().orElse(false) ? Feeds.Loss.ACCEPTED : Feeds.Loss.REFUSED;
        if (loss == Feeds.Loss.ACCEPTED && !operator.role().includes(Role.APPROVER)) {
            throw new Problem(
                    Problem.Kind.FORBIDDEN,
                    "role-missing",
                    "Accepting that a feed lost records needs APPROVER; the role is %s."
                            .formatted(operator.role()));
        }
        FeedImport done = feeds.importFrom(name, url, operator.actor(), loss);
        return new Imported(done.outcome(), done.sentence(), Feed.of(done.status()));
    }

    private static URI url(@Nullable String text) {
        try {
            URI url = URI.create(text == null ? "" : text);
            if (url.isAbsolute() && url.toString().length() <= 2000) {
                return url;
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw Problem.invalid(
                "url-invalid", "Give the absolute URL of the feed: https://… or file:///….");
    }
}
