package dev.understudy.protocol;

/// A unit as systemd has it: `enablement` (`enabled`, `disabled`, `static` …), `active` (`active`,
/// `failed`, `inactive` …), `sub` (`running`, `exited` …).
public record ServiceState(String unit, String enablement, String active, String sub) {
    public ServiceState {
        Require.text(unit, "unit", 512);
        Require.length(enablement, "enablement of " + unit, 64);
        Require.length(active, "active state of " + unit, 64);
        Require.length(sub, "sub state of " + unit, 64);
    }

    /// Whether it failed, or is started over and over since it keeps failing.
    public boolean failing() {
        return active.equals("failed") || sub.equals("auto-restart");
    }
}
