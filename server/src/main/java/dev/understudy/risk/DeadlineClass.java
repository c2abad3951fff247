package dev.understudy.risk;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// How soon a patch has to be in effect, most urgent first: the tiers of CISA BOD 26-04.
public enum DeadlineClass {
    THREE_DAYS(3),
    FOURTEEN_DAYS(14),
    SIXTY_DAYS(60),
    /// With the next regular upgrade; no date.
    ON_UPGRADE(0),
    /// It fixes no known vulnerability.
    NONE(0);

    private final int days;

    DeadlineClass(int days) {
        this.days = days;
    }

    /// The class that a number of days falls into; 0 is no date.
    static DeadlineClass ofDays(int days) {
        return days == 0
                ? ON_UPGRADE
                : days <= THREE_DAYS.days
                        ? THREE_DAYS
                        : days <= FOURTEEN_DAYS.days ? FOURTEEN_DAYS : SIXTY_DAYS;
    }

    /// When it is due if the clock started at `clockStart`; empty where the class sets no date.
    public Optional<Instant> due(Instant clockStart) {
        return days == 0 ? Optional.empty() : Optional.of(clockStart.plus(Duration.ofDays(days)));
    }

    /// Days from the start of the clock; 0 where the class sets no date.
    public int days() {
        return days;
    }
}
