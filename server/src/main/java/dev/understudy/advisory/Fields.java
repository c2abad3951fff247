package dev.understudy.advisory;

import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/// Members of a feed's JSON, taken only if they are what they should be.
public final class Fields {
    /// Reads JSON whose depth, names, numbers and strings are bounded.
    public static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(64)
                                                    .maxStringLength(8 << 20)
                                                    .maxNumberLength(100)
                                                    .maxNameLength(4096)
                                                    .build())
                                    .build())
                    .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private static final ObjectReader WHOLE =
            JSON.readerFor(JsonNode.class).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,19}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9:._+-]{0,99}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9@][A-Za-z0-9@/:._+-]{0,199}");
    private static final Pattern VERSION = Pattern.compile("[0-9A-Za-z][0-9A-Za-z.+~^_:-]{0,199}");
    private static final int LONGEST_TEXT = 2000;

    private Fields() {}

    /// The one document that `in` holds, and nothing after it.
    public static JsonNode document(InputStream in) {
        return WHOLE.readTree(in);
    }

    public static boolean isCve(String text) {
        return CVE.matcher(text).matches();
    }

    public static String cve(JsonNode of, String member) throws FeedException {
        return matching(of, member, CVE);
    }

    public static String id(JsonNode of, String member) throws FeedException {
        return matching(of, member, ID);
    }

    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    public static boolean isVersion(String text) {
        return VERSION.matcher(text).matches();
    }

    /// The member's text, without what a database or a terminal would choke on, cut to 2000
    /// characters; empty if it is missing.
    public static String text(JsonNode of, String member) {
        JsonNode value = of.path(member);
        return value.isString() ? clean(value.stringValue()) : "";
    }

    /// The texts of an array member; what is not text is left out.
    public static List<String> texts(JsonNode of, String member) {
        List<String> texts = new ArrayList<>();
        JsonNode array = of.path(member);
        if (array.isArray()) {
            for (JsonNode item : array) {
                if (item.isString()) {
                    texts.add(clean(item.stringValue()));
                }
            }
        }
        return texts;
    }

    public static @Nullable Instant instant(JsonNode of, String member) throws FeedException {
        String text = text(of, member);
        return text.isEmpty() ? null : instant(text);
    }

    public static LocalDate date(JsonNode of, String member) throws FeedException {
        String text = text(of, member);
        try {
            return inRange(LocalDate.parse(text));
        } catch (DateTimeException e) {
            throw new FeedException("%s is not a date: '%s'".formatted(member, text), e);
        }
    }

    public static @Nullable LocalDate dateIfAny(JsonNode of, String member) throws FeedException {
        return text(of, member).isEmpty() ? null : date(of, member);
    }

    /// A time with or without offset (then it is UTC), or a date.
    public static Instant instant(String text) throws FeedException {
        try {
            Instant instant = parse(text);
            inRange(instant.atOffset(ZoneOffset.UTC).toLocalDate());
            return instant;
        } catch (DateTimeException e) {
            throw new FeedException("not a time: '%s'".formatted(text), e);
        }
    }

    private static Instant parse(String text) {
        if (text.length() == 10) {
            return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        if (text.matches(".*[+-][0-9]{4}")) {
            return parse(
                    text.substring(0, text.length() - 2) + ":" + text.substring(text.length() - 2));
        }
        if (text.matches(".*(Z|[+-][0-9]{2}:[0-9]{2})")) {
            return OffsetDateTime.parse(text).toInstant();
        }
        return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    private static LocalDate inRange(LocalDate date) {
        if (date.getYear() < 1980 || date.getYear() > 2200) {
            throw new DateTimeException("year out of range");
        }
        return date;
    }

    private static String matching(JsonNode of, String member, Pattern pattern)
            throws FeedException {
        String text = text(of, member);
        if (!pattern.matcher(text).matches()) {
            throw new FeedException(
                    "%s is '%s'; expected %s".formatted(member, shown(text), pattern));
        }
        return text;
    }

    private static String shown(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "…" : text;
    }

    /// Without what a database or a terminal would choke on, cut to 2000 characters.
    public static String clean(String text) {
        int length = Math.min(text.length(), LONGEST_TEXT);
        StringBuilder clean = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)
                    && i + 1 < length
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                clean.append(c).append(text.charAt(++i));
            } else if (Character.isSurrogate(c) || (Character.isISOControl(c) && c != '\n')) {
                clean.append('\ufffd');
            } else {
                clean.append(c);
            }
        }
        return clean.toString();
    }
}
