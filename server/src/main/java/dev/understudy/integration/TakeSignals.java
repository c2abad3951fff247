package dev.understudy.integration;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Symptom;
import dev.understudy.fleet.SymptomTold;
import dev.understudy.fleet.Symptoms;
import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Outbox;
import dev.understudy.platform.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Takes what other systems tell of hosts. Nothing of it is trusted: every signal is checked before
/// any is taken, times have to be about now, and hosts have to be known; where several hosts have
/// the name it concerns all of them. Who told what is in the audit trail.
public final class TakeSignals {
    /// So many at once.
    public static final int MOST = 1_000;

    private static final Pattern KIND = Pattern.compile("[A-Za-z][A-Za-z0-9_.:/ -]{0,99}");
    private static final Duration OLDEST = Duration.ofDays(30);
    private static final Duration AHEAD = Duration.ofMinutes(5);
    private static final int NAMED = 20;

    private final Database database;
    private final Hosts hosts;
    private final Symptoms symptoms;
    private final Outbox outbox;
    private final AuditTrail audit;
    private final InstantSource clock;

    public TakeSignals(
            Database database,
            Hosts hosts,
            Symptoms symptoms,
            Outbox outbox,
            AuditTrail audit,
            InstantSource clock) {
        this.database = database;
        this.hosts = hosts;
        this.symptoms = symptoms;
        this.outbox = outbox;
        this.audit = audit;
        this.clock = clock;
    }

    /// What became of them.
    ///
    /// @param began signals that are news
    /// @param ended signals that are over
    /// @param known signals that were known, or not bad enough to count
    /// @param unknownHosts of which nothing is known here
    public record Taken(int began, int ended, int known, List<String> unknownHosts) {}

    /// Takes all or none.
    ///
    /// @throws Problem if one of them cannot be right
    public Taken take(String actor, List<Signal> signals) {
        if (signals.isEmpty() || signals.size() > MOST) {
            throw Problem.invalid(
                    "signals-number",
                    "There are %d signals; expected 1 to %d.".formatted(signals.size(), MOST));
        }
        Instant now = clock.instant();
        signals.forEach(signal -> check(signal, now));
        return database.inTransaction(
                () -> {
                    int began = 0;
                    int ended = 0;
                    int known = 0;
                    List<String> unknown = new ArrayList<>();
                    for (Signal signal : signals) {
                        List<Host> named = Instances.named(hosts, signal.host());
                        if (named.isEmpty()) {
                            unknown.add(signal.host());
                        }
                        for (Host host : named) {
                            if (signal.endedAt() != null) {
                                ended += over(actor, host, signal, signal.endedAt()) ? 1 : 0;
                            } else if (signal.severity().counts() && news(actor, host, signal)) {
                                began++;
                            } else {
                                known++;
                            }
                        }
                    }
                    List<String> distinct = unknown.stream().distinct().sorted().toList();
                    if (began + ended > 0 || !distinct.isEmpty()) {
                        audit.append(
                                actor,
                                "integration.signals-told",
                                "signals",
                                Map.of(
                                        "began", Integer.toString(began),
                                        "ended", Integer.toString(ended),
                                        "kinds", kinds(signals),
                                        "unknownHosts", shortened(distinct)));
                    }
                    return new Taken(began, ended, known, distinct);
                });
    }

    private boolean news(String actor, Host host, Signal signal) {
        String symptom = Symptom.signal(signal.kind());
        String sentence =
                "%s (%s) at %s, told by %s%s"
                        .formatted(
                                signal.kind(),
                                signal.severity().name().toLowerCase(Locale.ROOT),
                                signal.at(),
                                actor,
                                signal.detail().isBlank() ? "" : ": " + signal.detail());
        boolean began = symptoms.began(host.id(), symptom, actor, sentence, signal.at());
        if (began) {
            outbox.publish(new SymptomTold(host.id(), symptom, sentence, signal.at()));
        }
        return began;
    }

    private boolean over(String actor, Host host, Signal signal, Instant at) {
        return symptoms.ended(host.id(), Symptom.signal(signal.kind()), actor, at);
    }

    private static void check(Signal signal, Instant now) {
        require(!signal.host().isBlank() && signal.host().length() <= 255, "host", signal.host());
        require(signal.host().indexOf('\0') < 0, "host", "a name with NUL");
        require(KIND.matcher(signal.kind()).matches(), "kind", signal.kind());
        require(signal.detail().length() <= 1_000, "detail", "longer than 1000 characters");
        require(!signal.at().isAfter(now.plus(AHEAD)), "at", signal.at());
        if (signal.endedAt() == null) {
            require(!signal.at().isBefore(now.minus(OLDEST)), "at", signal.at());
        }
    }

    private static void require(boolean holds, String what, Object value) {
        if (!holds) {
            throw Problem.invalid(
                    "signal-invalid",
                    "%s is '%s'. Expected a host of up to 255 characters, a kind that matches %s, a detail of up to 1000 characters, and a time of the last %d days."
                            .formatted(what, value, KIND.pattern(), OLDEST.toDays()));
        }
    }

    private static String kinds(List<Signal> signals) {
        return shortened(signals.stream().map(Signal::kind).distinct().sorted().toList());
    }

    private static String shortened(List<String> all) {
        return String.join(", ", all.subList(0, Math.min(NAMED, all.size())))
                + (all.size() > NAMED ? " and %d more".formatted(all.size() - NAMED) : "");
    }
}
