package dev.understudy.advisory.epss;

import dev.understudy.advisory.BoundedLines;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads `epss_scores-DATE.csv.gz`. The model and the date stand in a comment on the first line;
/// without it the date has to be in the file's name, and the model counts as unknown.
public final class EpssFormat implements FeedFormat {
    private static final Pattern COMMENT =
            Pattern.compile("#\\s*model_version:([^,]{1,40}),\\s*score_date:([^,\\s]{10,40})\\s*");
    private static final Pattern DATED = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})");
    private static final Pattern NUMBER =
            Pattern.compile("[0-9]{1,2}(\\.[0-9]{1,20})?([eE]-[0-9]{1,2})?");
    private static final int LONGEST_LINE = 200;

    @Override
    public String kind() {
        return "epss";
    }

    /// A vulnerability that was scored once stays scored: a file that lost rows is not whole.
    @Override
    public double lossAllowed() {
        return 0.01;
    }

    /// Scores come every day.
    @Override
    public Duration staleAfter() {
        return Duration.ofDays(4);
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        try (InputStream in = file.open();
                BoundedLines lines = new BoundedLines(in, LONGEST_LINE)) {
            String first = lines.next();
            FeedHeader header = header(first, file.name());
            String columns = first != null && first.startsWith("#") ? lines.next() : first;
            if (!"cve,epss,percentile".equals(columns)) {
                throw new FeedException(
                        "the columns are '%s'; expected cve,epss,percentile".formatted(columns));
            }
            for (String line = lines.next(); line != null; line = lines.next()) {
                sink.accept(score(line, lines.count()));
                sink.read(1);
            }
            return header;
        }
    }

    private static FeedHeader header(@Nullable String first, String name) throws FeedException {
        if (first == null) {
            throw new FeedException(name + " is empty");
        }
        if (first.startsWith("#")) {
            Matcher comment = COMMENT.matcher(first);
            if (!comment.matches()) {
                throw new FeedException(
                        "the comment '%s' does not name model_version and score_date"
                                .formatted(first));
            }
            return new FeedHeader(
                    Fields.instant(comment.group(2)), Fields.clean(comment.group(1).strip()));
        }
        Matcher dated = DATED.matcher(name);
        if (!dated.find()) {
            throw new FeedException(
                    "neither a comment line nor the name %s says of what day the scores are"
                            .formatted(name));
        }
        Instant date = Fields.instant(dated.group(1));
        return new FeedHeader(date, "");
    }

    private static FeedRecord.Epss score(String line, long number) throws FeedException {
        String[] cells = line.split(",", -1);
        if (cells.length != 3 || !Fields.isCve(cells[0])) {
            throw new FeedException(
                    "line %d is '%s'; expected a CVE, its score and its percentile"
                            .formatted(number, line));
        }
        return new FeedRecord.Epss(
                cells[0], fraction(cells[1], number), fraction(cells[2], number));
    }

    private static double fraction(String text, long number) throws FeedException {
        double value = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : -1;
        if (value < 0 || value > 1) {
            throw new FeedException(
                    "line %d has '%s' where a number from 0 to 1 is expected"
                            .formatted(number, text));
        }
        return value;
    }
}
