package dev.understudy.governance;

import dev.understudy.platform.Database;
import dev.understudy.platform.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// The append-only record of who did what: a hash chain that one writer at a time extends.
public final class AuditTrail {
    private static final int PAGE = 1_000;

    private final Database database;
    private final InstantSource clock;

    public AuditTrail(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    private record Draft(
            Instant at, String actor, String action, String subject, Map<String, String> details) {}

    /// Records that `actor` did `action` to `subject`, if and only if the transaction that is open
    /// commits. The entry is written last in that transaction, so the chain is locked for as short
    /// as can be and never in a cycle with other locks.
    ///
    /// @param actor who: `token:NAME`, `host:ID` or `system`
    /// @param action past tense, `module.what-happened`: `rollout.halted`
    /// @param subject the opaque id of what it happened to
    public void append(String actor, String action, String subject, Map<String, String> details) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            throw new IllegalStateException(
                    "%s of %s by %s was to be recorded outside a transaction"
                            .formatted(action, subject, actor));
        }
        TreeMap<String, String> clean = new TreeMap<>();
        details.forEach((name, value) -> clean.put(storable(name), storable(value)));
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        pending()
                .drafts
                .add(new Draft(now, storable(actor), storable(action), storable(subject), clean));
    }

    public AuditHead head() {
        return database.sql("select sequence, hash from governance.audit_head")
                .query(
                        (row, _) ->
                                new AuditHead(
                                        row.getLong("sequence"),
                                        HexFormat.of().formatHex(row.getBytes("hash"))))
                .single();
    }

    /// Gives every entry after number `after`, oldest first, as one line of JSON without a line
    /// end.
    public void export(long after, Consumer<String> line) {
        long last = after;
        while (true) {
            List<AuditEntry> page = page(last);
            page.forEach(entry -> line.accept(Json.write(entry)));
            if (page.size() < PAGE) {
                return;
            }
            last = page.getLast().sequence();
        }
    }

    private List<AuditEntry> page(long after) {
        return database.sql(
                        """
                        select sequence, at, actor, action, subject, details::text as details,
                               encode(previous, 'hex') as previous, encode(hash, 'hex') as hash
                        from   governance.audit_entry
                        where  sequence > :after
                        order by sequence
                        limit  :page
                        """)
                .param("after", after)
                .param("page", PAGE)
                .query(
                        (row, _) ->
                                new AuditEntry(
                                        row.getLong("sequence"),
                                        row.getTimestamp("at").toInstant(),
                                        row.getString("actor"),
                                        row.getString("action"),
                                        row.getString("subject"),
                                        Json.readTexts(row.getString("details")),
                                        row.getString("previous"),
                                        row.getString("hash")))
                .list();
    }

    private Pending pending() {
        if (TransactionSynchronizationManager.getResource(this) instanceof Pending open) {
            return open;
        }
        Pending opened = new Pending();
        TransactionSynchronizationManager.bindResource(this, opened);
        TransactionSynchronizationManager.registerSynchronization(opened);
        return opened;
    }

    private void write(List<Draft> drafts) {
        AuditHead head =
                database.sql(
                                """
                                select sequence, encode(hash, 'hex') as hash
                                from   governance.audit_head
                                for update
                                """)
                        .query(AuditHead.class)
                        .single();
        List<AuditEntry> entries = new ArrayList<>();
        for (Draft draft : drafts) {
            AuditEntry entry =
                    AuditEntry.following(
                            head.hash(),
                            head.sequence() + 1,
                            draft.at(),
                            draft.actor(),
                            draft.action(),
                            draft.subject(),
                            draft.details());
            entries.add(entry);
            head = new AuditHead(entry.sequence(), entry.hash());
        }
        insert(entries);
    }

    private void insert(List<AuditEntry> entries) {
        database.sql(
                        """
                        insert into governance.audit_entry
                               (sequence, at, actor, action, subject, details, previous, hash)
                        select e.sequence, e.at, e.actor, e.action, e.subject, e.details,
                               decode(e.previous, 'hex'), decode(e.hash, 'hex')
                        from   unnest(cast(:sequences as bigint[]), cast(:ats as timestamptz[]),
                                      cast(:actors as text[]), cast(:actions as text[]),
                                      cast(:subjects as text[]), cast(:details as jsonb[]),
                                      cast(:previous as text[]), cast(:hashes as text[]))
                               as e (sequence, at, actor, action, subject, details,
                                     previous, hash)
                        order by e.sequence
                        """)
                .param("sequences", entries.stream().map(AuditEntry::sequence).toArray(Long[]::new))
                .param(
                        "ats",
                        texts(entries, entry -> entry.at().atOffset(ZoneOffset.UTC).toString()))
                .param("actors", texts(entries, AuditEntry::actor))
                .param("actions", texts(entries, AuditEntry::action))
                .param("subjects", texts(entries, AuditEntry::subject))
                .param("details", texts(entries, entry -> Json.write(entry.details())))
                .param("previous", texts(entries, AuditEntry::previous))
                .param("hashes", texts(entries, AuditEntry::hash))
                .update();
    }

    private static String[] texts(List<AuditEntry> entries, Function<AuditEntry, String> part) {
        return entries.stream().map(part).toArray(String[]::new);
    }

    /// PostgreSQL keeps neither NUL nor half a surrogate pair; what is hashed must be what is kept.
    private static String storable(String text) {
        String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return whole.replace('\0', '\uFFFD');
    }

    /// What the open transaction will append.
    private final class Pending implements TransactionSynchronization {
        private final List<Draft> drafts = new ArrayList<>();

        @Override
        public void beforeCommit(boolean readOnly) {
            write(drafts);
        }

        @Override
        public void afterCompletion(int status) {
            TransactionSynchronizationManager.unbindResourceIfPossible(AuditTrail.this);
        }
    }
}
