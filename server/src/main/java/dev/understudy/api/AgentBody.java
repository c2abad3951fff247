package dev.understudy.api;

import dev.understudy.platform.Problem;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// Reads the bodies of agents' requests: bounded as they come and when unpacked, strictly decoded,
/// and free of what the database cannot keep.
final class AgentBody {
    private static final int LONGEST_REASON = 500;

    private AgentBody() {}

    /// The body, unpacked.
    ///
    /// @throws Problem if it has more than `limit` bytes, packed or unpacked, or is cut off
    static byte[] read(HttpServletRequest request, int limit) {
        if (request.getContentLengthLong() > limit) {
            throw tooLarge(limit);
        }
        try (InputStream body = unpacked(request)) {
            byte[] bytes = body.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw tooLarge(limit);
            }
            return bytes;
        } catch (IOException cutOff) {
            throw Problem.invalid("body-unreadable", "The body is cut off or not gzip.");
        }
    }

    static <T> T decode(byte[] body, Class<T> type) {
        try {
            T message = Wire.decode(body, type);
            requireStorable(body);
            return message;
        } catch (WireException e) {
            String reason = String.valueOf(e.getMessage());
            throw bad(
                    reason.length() > LONGEST_REASON
                            ? reason.substring(0, LONGEST_REASON) + " …"
                            : reason);
        }
    }

    static Problem bad(String why) {
        return Problem.invalid("bad-message", "The message is refused: " + why);
    }

    private static InputStream unpacked(HttpServletRequest request) throws IOException {
        String encoding = request.getHeader("Content-Encoding");
        if (encoding == null || encoding.equalsIgnoreCase("identity")) {
            return request.getInputStream();
        }
        if (!encoding.toLowerCase(Locale.ROOT).equals("gzip")) {
            throw Problem.invalid(
                    "unsupported-encoding", "Bodies may come as they are, or with gzip.");
        }
        return new GZIPInputStream(request.getInputStream());
    }

    /// Refuses escapes of NUL and of half a surrogate pair, which JSON allows and PostgreSQL does
    /// not. `body` is valid JSON, so a backslash begins an escape.
    private static void requireStorable(byte[] body) {
        int high = -1;
        for (int i = 0; i < body.length; i++) {
            if (body[i] != '\\') {
                continue;
            }
            if (body[i + 1] == 'u') {
                int unit = unit(body, i + 2);
                boolean follows = high == i;
                high = -1;
                if (unit == 0) {
                    throw bad("it contains the character NUL");
                }
                if (unit >= 0xD800 && unit <= 0xDBFF) {
                    high = i + 6;
                    if (body[high] != '\\' || body[high + 1] != 'u') {
                        throw halfPair();
                    }
                } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
                    if (!follows) {
                        throw halfPair();
                    }
                } else if (follows) {
                    throw halfPair();
                }
                i += 5;
            } else {
                i++;
            }
        }
    }

    private static int unit(byte[] body, int from) {
        int unit = 0;
        for (int i = from; i < from + 4; i++) {
            unit = unit * 16 + Character.digit(body[i], 16);
        }
        return unit;
    }

    private static Problem halfPair() {
        return bad("it contains half of a surrogate pair");
    }

    private static Problem tooLarge(int limit) {
        return new Problem(
                Problem.Kind.TOO_LARGE,
                "too-large",
                "The body has more than the %d bytes that are allowed.".formatted(limit));
    }
}
