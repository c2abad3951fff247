package dev.understudy.advisory.dsa;

import dev.understudy.advisory.BoundedLines;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.PackageKind;
import dev.understudy.advisory.Regression;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads entries like
///
/// ```
/// [08 Apr 2023] DSA-5384-1 openimageio - security update
///     {CVE-2022-36354 CVE-2022-41639}
///     [bullseye] - openimageio 2.2.10.1+dfsg-1+deb11u1
/// ```
public final class DsaFormat implements FeedFormat {
    private static final int LONGEST_LINE = 16 << 10;
    private static final Pattern HEAD =
            Pattern.compile(
                    "\\[([0-9]{1,2} [A-Za-z]{3} [0-9]{4})] ((?:DSA|DLA|ELA)-[0-9]+(?:-[0-9]+)?)"
                            + " ?(.*)");
    private static final Pattern CVES = Pattern.compile("\\s+\\{(.*)}\\s*");
    private static final Pattern FIX =
            Pattern.compile("\\s+\\[([a-z]+)] - (\\S+) (\\S+)(?:\\s+\\(.*\\))?\\s*");
    private static final DateTimeFormatter DAY =
            new DateTimeFormatterBuilder()
                    .parseCaseInsensitive()
                    .appendPattern("d MMM uuuu")
                    .toFormatter(Locale.ENGLISH);

    @Override
    public String kind() {
        return "dsa";
    }

    /// Advisories are not taken back.
    @Override
    public double lossAllowed() {
        return 0.01;
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        Instant newest = null;
        Entry entry = null;
        try (InputStream in = file.open();
                BoundedLines lines = new BoundedLines(in, LONGEST_LINE)) {
            for (String line = lines.next(); line != null; line = lines.next()) {
                Matcher head = HEAD.matcher(line);
                if (head.matches()) {
                    finish(entry, sink);
                    entry = Entry.of(head);
                    if (newest == null || entry.date.isAfter(newest)) {
                        newest = entry.date;
                    }
                } else if (!line.isBlank() && !Character.isWhitespace(line.charAt(0))) {
                    throw new FeedException(
                            "line %d is no advisory: '%s'"
                                    .formatted(lines.count(), Fields.clean(line)));
                } else if (entry != null) {
                    entry.add(line);
                }
            }
        }
        finish(entry, sink);
        return new FeedHeader(newest, "");
    }

    private static void finish(@Nullable Entry entry, FeedSink sink) {
        if (entry != null) {
            sink.read(1);
            sink.accept(entry.advisory());
            entry.fixes.forEach(sink::accept);
        }
    }

    private static final class Entry {
        private final Instant date;
        private final String id;
        private final String title;
        private final List<String> cves = new ArrayList<>();
        private final List<FeedRecord.Fix> fixes = new ArrayList<>();

        private Entry(Instant date, String id, String title) {
            this.date = date;
            this.id = id;
            this.title = title;
        }

        static Entry of(Matcher head) throws FeedException {
            try {
                return new Entry(
                        LocalDate.parse(head.group(1), DAY)
                                .atStartOfDay(ZoneOffset.UTC)
                                .toInstant(),
                        head.group(2),
                        Fields.clean(head.group(3)));
            } catch (DateTimeException e) {
                throw new FeedException("%s is of '%s'".formatted(head.group(2), head.group(1)), e);
            }
        }

        void add(String line) {
            Matcher named = CVES.matcher(line);
            Matcher fix = FIX.matcher(line);
            if (named.matches()) {
                List.of(named.group(1).split(" ")).stream()
                        .filter(Fields::isCve)
                        .forEach(cves::add);
            } else if (fix.matches() && Fields.isName(fix.group(2))) {
                addFix(fix.group(1), fix.group(2), fix.group(3));
            }
        }

        private void addFix(String release, String source, String version) {
            FixState state =
                    switch (version) {
                        case "<not-affected>" -> FixState.NOT_AFFECTED;
                        case "<unfixed>", "<end-of-life>", "<no-dsa>", "<ignored>" ->
                                FixState.NOT_FIXED;
                        case "<undetermined>" -> FixState.UNDER_INVESTIGATION;
                        default -> FixState.FIXED;
                    };
            if (state == FixState.FIXED && !Fields.isVersion(version)) {
                return;
            }
            fixes.add(
                    new FeedRecord.Fix(
                            "Debian",
                            release,
                            PackageKind.SOURCE,
                            source,
                            id,
                            "",
                            state,
                            "0",
                            state == FixState.FIXED ? version : null,
                            null,
                            "",
                            state == FixState.NOT_FIXED ? version.replaceAll("[<>]", "") : ""));
        }

        FeedRecord.Advisory advisory() {
            return new FeedRecord.Advisory(
                    id,
                    cves,
                    List.of(),
                    List.of(),
                    List.of(),
                    date,
                    null,
                    null,
                    title,
                    "",
                    Regression.followed(id, title));
        }
    }
}
