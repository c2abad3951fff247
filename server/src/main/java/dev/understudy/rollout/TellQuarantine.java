package dev.understudy.rollout;

import dev.understudy.fleet.Quarantined;
import dev.understudy.platform.ReadAgain;
import dev.understudy.protocol.QuarantineNotice;
import dev.understudy.protocol.QuarantinedVersion;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What hosts are told of the quarantine. A replica hears of a change within [#FRESH].
public final class TellQuarantine implements Quarantined {
    static final Duration FRESH = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(TellQuarantine.class);

    private final ReadAgain<QuarantineNotice> notice;

    public TellQuarantine(Quarantine quarantine, InstantSource clock) {
        this(quarantine::entries, clock);
    }

    TellQuarantine(Supplier<List<Quarantine.Entry>> read, InstantSource clock) {
        this.notice = new ReadAgain<>(() -> notice(read.get()), FRESH, clock);
    }

    @Override
    public QuarantineNotice notice() {
        return notice.get();
    }

    /// The newest, if there are more than a notice holds.
    private static QuarantineNotice notice(List<Quarantine.Entry> entries) {
        int over = Math.max(0, entries.size() - QuarantineNotice.MOST);
        if (over > 0) {
            LOG.warn(
                    "{} versions are in quarantine, and hosts are told of {}: release what is of no"
                            + " use any more. Rollouts keep to all of them",
                    entries.size(),
                    QuarantineNotice.MOST);
        }
        return QuarantineNotice.of(
                entries.subList(over, entries.size()).stream()
                        .map(TellQuarantine::told)
                        .distinct()
                        .toList());
    }

    private static QuarantinedVersion told(Quarantine.Entry entry) {
        String reason = entry.reason();
        return new QuarantinedVersion(
                entry.patch().release(),
                entry.patch().source(),
                entry.patch().version(),
                entry.makeup(),
                reason.length() <= QuarantinedVersion.LONGEST_REASON
                        ? reason
                        : reason.substring(0, QuarantinedVersion.LONGEST_REASON - 1) + "…");
    }
}
