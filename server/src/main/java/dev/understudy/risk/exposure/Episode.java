package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One time without a break in which a host was exposed to a vulnerability, as far as was known
/// then.
public record Episode(HostId host, Period period, End end) {

    /// How it ended. Only a fix that is in effect ends an exposure; what ended otherwise is
    /// censored.
    public enum End {
        FIXED,
        /// It goes on.
        OPEN,
        /// The host left the fleet.
        RETIRED,
        /// Nobody says any more that the host is affected.
        WITHDRAWN
    }

    Duration length(Instant now) {
        Instant to = period.to();
        return Duration.between(period.from(), to == null ? now : to);
    }

    static End ended(@Nullable Instant to, boolean byStatement, @Nullable Instant retired) {
        if (to == null) {
            return End.OPEN;
        }
        if (byStatement) {
            return End.WITHDRAWN;
        }
        return retired != null && !retired.isAfter(to) ? End.RETIRED : End.FIXED;
    }
}
