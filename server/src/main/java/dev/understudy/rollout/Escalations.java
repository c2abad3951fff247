package dev.understudy.rollout;

import dev.understudy.platform.Database;
import dev.understudy.platform.Ids;
import dev.understudy.platform.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The deadlines that are in danger, and who knows of it. At most one of a rollout is open, and one
/// of a group to which no rollout brings what is due ([Unplanned]).
public final class Escalations {
    private static final int LONGEST_NOTE = 2_000;

    private final Database database;
    private final EscalationTrail trail;
    private final InstantSource clock;
    private final Unplanned unplanned;

    Escalations(
            Database database, EscalationTrail trail, InstantSource clock, Unplanned unplanned) {
        this.database = database;
        this.trail = trail;
        this.clock = clock;
        this.unplanned = unplanned;
    }

    /// Those that are not over, those first of which nobody knows, then by deadline.
    public List<Escalation> open() {
        return Stream.concat(ofRollouts().stream(), unplanned.open().stream())
                .sorted(
                        Comparator.comparing(Escalation::acknowledged)
                                .thenComparing(Escalation::due)
                                .thenComparing(Escalation::id))
                .toList();
    }

    List<Escalation> ofRollouts() {
        return database.sql(
                        """
                        select id, rollout, group_name, cause, due, forecast, sentence, raised_at,
                               told_at, told, acknowledged_by, acknowledged_at, note
                        from rollout.escalations
                        where ended_at is null
                        """)
                .query((row, _) -> escalation(row))
                .list();
    }

    /// A person says that they know; it is told no more.
    ///
    /// @throws Problem if there is no such open escalation
    public void acknowledge(UUID id, String by, String note) {
        if (note.length() > LONGEST_NOTE) {
            throw Problem.invalid(
                    "note-too-long",
                    "The note has %d characters; at most %d are kept."
                            .formatted(note.length(), LONGEST_NOTE));
        }
        database.inTransaction(
                () -> {
                    boolean noted =
                            open().stream()
                                    .filter(known -> known.id().equals(id))
                                    .anyMatch(known -> trail.acknowledge(known, by, note));
                    if (!noted) {
                        throw missing(id);
                    }
                });
    }

    /// Raises it, in the caller's transaction.
    void raise(
            Rollout rollout,
            Escalation.Cause cause,
            Instant due,
            @Nullable Instant forecast,
            String sentence) {
        Instant now = clock.instant();
        UUID id = Ids.at(now);
        database.sql(
                        """
                        insert into rollout.escalations
                            (id, rollout, group_name, cause, due, forecast, sentence, raised_at,
                             told_at, told)
                        values (:id, :rollout, :group, :cause, :due, :forecast, :sentence, :now,
                                :now, 1)
                        """)
                .param("id", id)
                .param("rollout", rollout.id().value())
                .param("group", rollout.group())
                .param("cause", cause.name())
                .param("due", Stored.utc(due))
                .param(
                        "forecast",
                        forecast == null ? null : Stored.utc(forecast),
                        Types.TIMESTAMP_WITH_TIMEZONE)
                .param("sentence", sentence)
                .param("now", Stored.utc(now))
                .update();
        trail.raised(id, rollout.id(), rollout.group(), cause, due, forecast, sentence);
    }

    /// Keeps it up to date, and tells it once more if `again`; in the caller's transaction.
    void update(
            Escalation known,
            Instant due,
            @Nullable Instant forecast,
            String sentence,
            boolean again) {
        database.sql(
                        """
                        update rollout.escalations
                        set due = :due, forecast = :forecast, sentence = :sentence,
                            told = told + :more,
                            told_at = case when :more = 1 then :now else told_at end
                        where id = :id
                        """)
                .param("due", Stored.utc(due))
                .param(
                        "forecast",
                        forecast == null ? null : Stored.utc(forecast),
                        Types.TIMESTAMP_WITH_TIMEZONE)
                .param("sentence", sentence)
                .param("more", again ? 1 : 0)
                .param("now", Stored.utc(clock.instant()))
                .param("id", known.id())
                .update();
        if (again) {
            trail.toldAgain(known, due, forecast, sentence);
        }
    }

    void end(Escalation known, String why) {
        trail.end(known, why);
    }

    private static Problem missing(UUID id) {
        return Problem.notFound(
                "escalation-not-found",
                "No escalation %s waits to be acknowledged. See: understudy escalations"
                        .formatted(id));
    }

    static Escalation escalation(ResultSet row) throws SQLException {
        return new Escalation(
                row.getObject("id", UUID.class),
                row.getObject("rollout") == null
                        ? null
                        : new RolloutId(row.getObject("rollout", UUID.class)),
                row.getString("group_name"),
                Escalation.Cause.valueOf(row.getString("cause")),
                Stored.instant(row, "due"),
                row.getObject("forecast") == null ? null : Stored.instant(row, "forecast"),
                row.getString("sentence"),
                Stored.instant(row, "raised_at"),
                Stored.instant(row, "told_at"),
                row.getInt("told"),
                row.getString("acknowledged_by"),
                row.getObject("acknowledged_at") == null
                        ? null
                        : Stored.instant(row, "acknowledged_at"),
                row.getString("note"));
    }
}
