package dev.understudy.fleet;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which hosts to list: null means any. Retired hosts are left out unless asked for.
public record HostFilter(
        @Nullable String group,
        @Nullable String name,
        @Nullable Environment environment,
        @Nullable Exposure exposure,
        boolean retiredToo) {

    /// Every host that is not retired.
    public static HostFilter all() {
        return new HostFilter(null, null, null, null, false);
    }

    public static HostFilter group(String group) {
        return new HostFilter(group, null, null, null, false);
    }

    static @Nullable String nameOf(@Nullable Enum<?> value) {
        return Optional.ofNullable(value).map(Enum::name).orElse(null);
    }
}
