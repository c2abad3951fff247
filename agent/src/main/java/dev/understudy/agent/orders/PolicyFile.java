package dev.understudy.agent.orders;

import dev.understudy.protocol.Capabilities.Mode;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `policy.json` as the owner writes it. Only `mode` has to be there.
record PolicyFile(
        String mode,
        @Nullable List<String> refusePackages,
        @Nullable Boolean refuseReboot,
        @Nullable Boolean allowUnrehearsed,
        @Nullable Boolean refuseTriage,
        @Nullable Boolean refuseQuarantine,
        @Nullable List<Window> windows,
        @Nullable Checkpoints checkpoints) {

    PolicyFile {
        if (!mode.equals("observe") && !mode.equals("managed")) {
            throw new IllegalArgumentException(
                    "mode is '%s'; 'observe' or 'managed' is expected".formatted(mode));
        }
        if (refusePackages != null) {
            refusePackages = List.copyOf(refusePackages);
            for (String glob : refusePackages) {
                if (!glob.matches(Glob.SYNTAX)) {
                    throw new IllegalArgumentException(
                            "refusePackages holds '%s', which is not a package name with * and ?"
                                    .formatted(glob));
                }
            }
        }
        if (windows != null) {
            windows = List.copyOf(windows);
            windows.forEach(Window::window);
        }
    }

    LocalPolicy policy() {
        return new LocalPolicy(
                mode.equals("managed") ? Mode.MANAGED : Mode.OBSERVE,
                refusePackages == null ? List.of() : refusePackages,
                refuseReboot != null && refuseReboot,
                allowUnrehearsed != null && allowUnrehearsed,
                refuseTriage != null && refuseTriage,
                refuseQuarantine != null && refuseQuarantine,
                windows == null ? List.of() : windows.stream().map(Window::window).toList(),
                checkpoints == null ? LocalPolicy.Keep.USUAL : checkpoints.limits(),
                List.of());
    }

    record Window(@Nullable List<String> days, String from, String to) {
        private static final List<String> DAYS =
                List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

        ChangeWindow window() {
            Set<DayOfWeek> set = EnumSet.noneOf(DayOfWeek.class);
            for (String day : days == null ? DAYS : days) {
                if (!DAYS.contains(day)) {
                    throw new IllegalArgumentException(
                            "days holds '%s'; one of %s is expected".formatted(day, DAYS));
                }
                set.add(DayOfWeek.of(DAYS.indexOf(day) + 1));
            }
            if (set.isEmpty()) {
                throw new IllegalArgumentException("days is empty; leave it out for every day");
            }
            return new ChangeWindow(set, time("from", from), time("to", to));
        }

        private static LocalTime time(String name, String text) {
            try {
                return LocalTime.parse(text);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(
                        "%s is '%s'; something like 22:30 is expected".formatted(name, text), e);
            }
        }
    }

    record Checkpoints(
            @Nullable Integer keep, @Nullable Integer maxDays, @Nullable Integer maxMegabytes) {
        Checkpoints {
            requirePositive("checkpoints.keep", keep);
            requirePositive("checkpoints.maxDays", maxDays);
            requirePositive("checkpoints.maxMegabytes", maxMegabytes);
        }

        private static void requirePositive(String name, @Nullable Integer value) {
            if (value != null && value < 1) {
                throw new IllegalArgumentException(
                        "%s is %d; at least 1 is expected".formatted(name, value));
            }
        }

        LocalPolicy.Keep limits() {
            LocalPolicy.Keep usual = LocalPolicy.Keep.USUAL;
            return new LocalPolicy.Keep(
                    keep == null ? usual.checkpoints() : keep,
                    maxDays == null ? usual.days() : maxDays,
                    maxMegabytes == null ? usual.bytes() : (long) maxMegabytes << 20);
        }
    }
}
