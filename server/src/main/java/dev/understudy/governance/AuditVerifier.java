package dev.understudy.governance;

import dev.understudy.platform.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Checks an exported audit trail without the server: every entry's hash, that each follows the one
/// before, and, given a head that was kept elsewhere, that none is missing at the end.
public final class AuditVerifier {
    private static final int LONGEST_LINE = 1 << 20;
    private static final JsonMapper STRICT =
            Json.configure(JsonMapper.builder())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private AuditVerifier() {}

    /// What came of it.
    public sealed interface Verdict {
        /// Nothing was changed, and the trail ends with `head`.
        record Intact(AuditHead head) implements Verdict {}

        /// The first line that cannot be as it was written, counted from 1.
        record Broken(long line, String reason) implements Verdict {}
    }

    /// @param known the head that the trail must contain, from the console, a ticket, a printout
    public static Verdict verify(Reader export, Optional<AuditHead> known) throws IOException {
        BufferedReader lines = new BufferedReader(export);
        AuditHead head = new AuditHead(0, AuditEntry.START);
        boolean met = known.isEmpty() || known.get().equals(head);
        long line = 0;
        String text = read(lines);
        while (text != null) {
            line++;
            try {
                head = next(head, text);
            } catch (Mismatch e) {
                return new Verdict.Broken(line, e.getMessage());
            }
            met = met || known.get().equals(head);
            text = read(lines);
        }
        if (!met) {
            return new Verdict.Broken(line + 1, missing(known.get(), head));
        }
        return new Verdict.Intact(head);
    }

    private static AuditHead next(AuditHead head, String text) throws Mismatch {
        AuditEntry entry = parse(text);
        if (entry.sequence() != head.sequence() + 1) {
            throw new Mismatch(
                    "entry %d where entry %d must be"
                            .formatted(entry.sequence(), head.sequence() + 1));
        }
        if (!entry.previous().equals(head.hash())) {
            throw new Mismatch(
                    "entry %d does not follow the one before".formatted(entry.sequence()));
        }
        if (!entry.computed().equals(entry.hash())) {
            throw new Mismatch("entry %d was changed".formatted(entry.sequence()));
        }
        return new AuditHead(entry.sequence(), entry.hash());
    }

    private static AuditEntry parse(String text) throws Mismatch {
        try {
            AuditEntry entry = STRICT.readValue(text, AuditEntry.class);
            if (entry == null) {
                throw new Mismatch("not an audit entry: null");
            }
            return entry;
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            throw new Mismatch("not an audit entry: " + firstLine(e));
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static String missing(AuditHead known, AuditHead head) {
        return known.sequence() > head.sequence()
                ? "the trail ends with entry %d, but entry %d was known"
                        .formatted(head.sequence(), known.sequence())
                : "entry %d is not the one that was known".formatted(known.sequence());
    }

    private static @Nullable String read(BufferedReader lines) throws IOException {
        StringBuilder line = new StringBuilder();
        int c = lines.read();
        if (c < 0) {
            return null;
        }
        while (c >= 0 && c != '\n') {
            if (line.length() < LONGEST_LINE) {
                line.append((char) c);
            }
            c = lines.read();
        }
        return line.toString();
    }

    private static final class Mismatch extends Exception {
        Mismatch(String reason) {
            super(reason);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
