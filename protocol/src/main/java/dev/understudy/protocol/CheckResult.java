package dev.understudy.protocol;

/// One check of a host's health, compared with what was true before.
///
/// @param check which check (`unit`, `socket`, `http`, `packages`, `probe` …), `subject` what it
///   looked at (`nginx.service`, `tcp 0.0.0.0:80`)
public record CheckResult(String check, String subject, Health health, String detail) {

    /// `UNKNOWN` counts as not healthy wherever a decision hangs on it.
    public enum Health {
        HEALTHY,
        UNHEALTHY,
        UNKNOWN
    }

    public CheckResult {
        Require.text(check, "check", 64);
        Require.length(subject, "subject", 512);
        Require.present(health, "health");
        detail = detail.length() > 4000 ? detail.substring(0, 4000) : detail;
    }
}
