package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import org.jspecify.annotations.Nullable;

/// Which patches to look at: of one group, of one host, only those that matter for security.
public record PatchFilter(@Nullable String group, @Nullable HostId host, boolean securityOnly) {

    public static PatchFilter all() {
        return new PatchFilter(null, null, false);
    }

    public static PatchFilter ofGroup(String group, boolean securityOnly) {
        return new PatchFilter(group, null, securityOnly);
    }

    public static PatchFilter ofHost(HostId host, boolean securityOnly) {
        return new PatchFilter(null, host, securityOnly);
    }
}
