package dev.understudy.platform;

/// A caller's mistake, told to the caller as an RFC 9457 problem. Each module throws its own with
/// stable codes; anything that is not a `Problem` is a bug of ours and answers 500.
public class Problem extends RuntimeException {
    /// What kind of mistake it was, with the HTTP status that says so.
    public enum Kind {
        INVALID(400),
        UNAUTHENTICATED(401),
        FORBIDDEN(403),
        NOT_FOUND(404),
        CONFLICT(409),
        GONE(410),
        TOO_LARGE(413),
        TOO_MANY(429),
        UNAVAILABLE(503);

        private final int status;

        Kind(int status) {
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    private final Kind kind;
    private final String code;

    /// @param code stable, lower-case, with hyphens: `host-not-found`
    /// @param detail one sentence that names the values and says what to do
    public Problem(Kind kind, String code, String detail) {
        super(detail);
        if (!code.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("'%s' is not a problem code".formatted(code));
        }
        this.kind = kind;
        this.code = code;
    }

    public static Problem invalid(String code, String detail) {
        return new Problem(Kind.INVALID, code, detail);
    }

    public static Problem notFound(String code, String detail) {
        return new Problem(Kind.NOT_FOUND, code, detail);
    }

    public static Problem conflict(String code, String detail) {
        return new Problem(Kind.CONFLICT, code, detail);
    }

    public Kind kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return String.valueOf(getMessage());
    }
}
