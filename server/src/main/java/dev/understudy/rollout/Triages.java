package dev.understudy.rollout;

import dev.understudy.governance.AuditTrail;
import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import dev.understudy.platform.Outbox;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.TriageOutcome;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Which evidence hosts secured before they were patched: where it is and its SHA-256. The bundles
/// themselves stay on the hosts.
public final class Triages {
    private final Database database;
    private final Rollouts rollouts;
    private final Diary diary;
    private final AuditTrail audit;
    private final Outbox outbox;
    private final InstantSource clock;

    Triages(
            Database database,
            Rollouts rollouts,
            Diary diary,
            AuditTrail audit,
            Outbox outbox,
            InstantSource clock) {
        this.database = database;
        this.rollouts = rollouts;
        this.diary = diary;
        this.audit = audit;
        this.outbox = outbox;
        this.clock = clock;
    }

    /// What came of it on one host.
    public record Entry(HostId host, OrderId order, Instant at, TriageOutcome outcome) {}

    /// Oldest first.
    public List<Entry> of(RolloutId rollout) {
        return database.sql(
                        """
                        select host, order_id, at, outcome
                        from rollout.triages
                        where rollout = :rollout
                        order by at, order_id
                        """)
                .param("rollout", rollout.value())
                .query(
                        (row, _) ->
                                new Entry(
                                        new HostId(row.getObject("host", UUID.class)),
                                        new OrderId(row.getObject("order_id", UUID.class)),
                                        Stored.instant(row, "at"),
                                        Json.read(row.getString("outcome"), TriageOutcome.class)))
                .list();
    }

    /// Records what the host told with its apply, if it was to secure evidence; once an order, in
    /// the caller's transaction. An agent that says nothing of it has none.
    void applied(Deployment d, OrderId order, ApplyResult result) {
        HostPlan plan = d.plan();
        TriageFirst wanted = rollouts.get(d.rollout()).terms().triage();
        TriageOutcome told = result.triage();
        if (plan == null || wanted == null || wanted.of(plan) == null) {
            return;
        }
        if (told == null) {
            if (result.outcome() == ApplyResult.Outcome.NOT_STARTED) {
                return;
            }
            told =
                    new TriageOutcome.Missing(
                            "The host's agent says nothing of it; it may be too old to know.");
        }
        if (insert(d, order, told)) {
            String sentence = sentence(told);
            diary.note(d.rollout(), d.host(), "Triage", sentence);
            audit.append(
                    "host:" + d.host(),
                    told instanceof TriageOutcome.Kept
                            ? "rollout.triage-secured"
                            : "rollout.triage-missing",
                    "host:" + d.host(),
                    Map.of(
                            "rollout", d.rollout().toString(),
                            "order", order.toString(),
                            "what", sentence));
            outbox.publish(new TriageSecured(d.rollout(), d.host(), order, told));
        }
    }

    private boolean insert(Deployment d, OrderId order, TriageOutcome outcome) {
        return database.sql(
                                """
                                insert into rollout.triages (order_id, rollout, host, at, outcome)
                                values (:order, :rollout, :host, :now, :outcome::jsonb)
                                on conflict do nothing
                                """)
                        .param("order", order.value())
                        .param("rollout", d.rollout().value())
                        .param("host", d.host().value())
                        .param("now", Stored.utc(clock.instant()))
                        .param("outcome", Stored.json(outcome))
                        .update()
                == 1;
    }

    static String sentence(TriageOutcome outcome) {
        return switch (outcome) {
            case TriageOutcome.Kept(String file, String sha256, long bytes, var incomplete) ->
                    "Evidence was secured before the patch: %s, %d bytes, SHA-256 %s.%s"
                            .formatted(
                                    file,
                                    bytes,
                                    sha256,
                                    incomplete.isEmpty()
                                            ? ""
                                            : " Incomplete: "
                                                    + String.join("; ", incomplete)
                                                    + ".");
            case TriageOutcome.Missing(String why) -> "No evidence was secured: " + why;
        };
    }
}
