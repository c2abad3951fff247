package dev.understudy.integration;

import dev.understudy.platform.Problem;
import java.net.URI;
import java.util.regex.Pattern;

/// A question to a Prometheus-compatible server, whose series say which hosts are not well. It has
/// to give a series always: no series is no answer.
///
/// @param group empty for the whole fleet
/// @param url of the server, without `/api/v1/query`
/// @param query PromQL that gives a vector or a scalar
/// @param breachedWhen on which side of the threshold something is wrong
/// @param hostLabel whose value is the host's name, with or without a port
public record HealthQuery(
        String name,
        String group,
        URI url,
        String query,
        Side breachedWhen,
        double threshold,
        String hostLabel) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,62}");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,62}");

    /// Which values are wrong.
    public enum Side {
        ABOVE,
        BELOW
    }

    public HealthQuery {
        require(NAME.matcher(name).matches(), "name", name, "letters, digits, '_', '.', '-'");
        require(LABEL.matcher(hostLabel).matches(), "hostLabel", hostLabel, "a label's name");
        require(
                !query.isBlank() && query.length() <= 4_000 && query.indexOf('\0') < 0,
                "query",
                query,
                "PromQL of up to 4000 characters");
        require(Double.isFinite(threshold), "threshold", threshold, "a number");
        boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
        require(
                http
                        && url.getHost() != null
                        && url.getRawUserInfo() == null
                        && url.getRawQuery() == null
                        && url.getRawFragment() == null
                        && url.toString().length() <= 500,
                "url",
                url,
                "http(s)://HOST[:PORT][/PATH], without a password");
    }

    private static void require(boolean holds, String what, Object value, String expected) {
        if (!holds) {
            throw Problem.invalid(
                    "health-query-invalid",
                    "%s is '%s'; expected %s.".formatted(what, value, expected));
        }
    }

    boolean breached(double value) {
        return breachedWhen == Side.ABOVE ? value > threshold : value < threshold;
    }

    boolean concerns(String hostsGroup) {
        return group.isEmpty() || group.equals(hostsGroup);
    }
}
