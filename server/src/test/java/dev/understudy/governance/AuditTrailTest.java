package dev.understudy.governance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.governance.AuditVerifier.Verdict;
import dev.understudy.platform.Database;
import dev.understudy.platform.TestDatabase;
import java.io.IOException;
import java.io.StringReader;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTrailTest {
    @RegisterExtension static final TestDatabase DATABASE = new TestDatabase();

    private final Database database = DATABASE.get();
    private final AuditTrail audit = new AuditTrail(database, InstantSource.system());
    private List<String> export = List.of();

    @BeforeEach
    void fill() {
        if (audit.head().sequence() == 0) {
            for (int i = 0; i < 5; i++) {
                String subject = "host-" + i;
                database.inTransaction(
                        () -> {
                            audit.append(
                                    "token:anna", "host.seen", subject, Map.of("a", "1", "b", "x"));
                            audit.append("system", "host.seen-again", subject, Map.of());
                        });
            }
        }
        export = export();
    }

    @Test
    void anUntouchedTrailIsIntactAndEndsWithItsHead() {
        assertThat(verify(export)).isEqualTo(new Verdict.Intact(audit.head()));
    }

    @Test
    void recordsNothingOfATransactionThatWasUndone() {
        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                        () -> {
                                            audit.append("a", "b.c", "d", Map.of());
                                            throw new IllegalStateException("no");
                                        }))
                .hasMessage("no");
        assertThat(export()).isEqualTo(export);
    }

    @Test
    void refusesToRecordOutsideATransaction() {
        assertThatThrownBy(() -> audit.append("a", "b.c", "d", Map.of()))
                .hasMessageContaining("outside a transaction");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"token:anna\" -> \"token:eve\"",
                "\"host.seen\" -> \"host.sean\"",
                "\"host-1\" -> \"host-9\"",
                "\"a\":\"1\" -> \"a\":\"2\"",
                "\"a\":\"1\" -> \"c\":\"1\"",
                "\"a\":\"1\", -> ",
                "\"at\":\"2 -> \"at\":\"1",
                "{\"sequence\" -> {\"more\":1,\"sequence\"",
                "{\"sequence\" -> {\"actor\":\"eve\",\"sequence\""
            })
    void namesTheLineThatWasEdited(String edit) {
        String[] parts = edit.split(" -> ", -1);
        List<String> edited = new ArrayList<>(export);
        assertThat(edited.get(2)).contains(parts[0]);
        edited.set(2, edited.get(2).replace(parts[0], parts[1]));
        assertThat(broken(edited).line()).isEqualTo(3);
    }

    @Test
    void noticesAnEntryWhoseHashWasMadeToFit() {
        List<String> edited = new ArrayList<>(export);
        AuditEntry third = dev.understudy.platform.Json.read(edited.get(2), AuditEntry.class);
        AuditEntry forged =
                AuditEntry.following(
                        third.previous(),
                        3,
                        third.at(),
                        "token:eve",
                        third.action(),
                        third.subject(),
                        third.details());
        edited.set(2, dev.understudy.platform.Json.write(forged));
        assertThat(broken(edited))
                .isEqualTo(new Verdict.Broken(4, "entry 4 does not follow the one before"));
    }

    @Test
    void noticesALineThatIsMissingDoubledOrOutOfOrder() {
        List<String> missing = new ArrayList<>(export);
        missing.remove(4);
        assertThat(broken(missing).reason()).isEqualTo("entry 6 where entry 5 must be");
        List<String> doubled = new ArrayList<>(export);
        doubled.add(4, export.get(3));
        assertThat(broken(doubled).line()).isEqualTo(5);
        List<String> swapped = new ArrayList<>(export);
        Collections.swap(swapped, 6, 7);
        assertThat(broken(swapped).line()).isEqualTo(7);
        List<String> headless = export.subList(1, export.size());
        assertThat(broken(headless).line()).isEqualTo(1);
    }

    @Test
    void noticesThatTheEndWasCutOffWhenTheHeadIsKnown() throws IOException {
        List<String> cut = export.subList(0, export.size() - 2);
        assertThat(verify(cut)).isInstanceOf(Verdict.Intact.class);
        assertThat(
                        AuditVerifier.verify(
                                new StringReader(String.join("\n", cut)),
                                Optional.of(audit.head())))
                .isInstanceOf(Verdict.Broken.class);
        assertThat(AuditVerifier.verify(new StringReader(""), Optional.of(audit.head())))
                .isInstanceOf(Verdict.Broken.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "null", "[]", "not json", "{\"sequence\":1", "{} {}", "\u0000"})
    void callsALineThatIsNoEntryBroken(String line) {
        List<String> edited = new ArrayList<>(export);
        edited.set(3, line);
        assertThat(broken(edited).line()).isEqualTo(4);
    }

    @Test
    void theDatabaseRefusesChangesDeletionsAndEntriesThatDoNotFollow() {
        for (String statement :
                List.of(
                        "update governance.audit_entry set actor = 'eve' where sequence = 1",
                        "delete from governance.audit_entry where sequence = 1",
                        "truncate governance.audit_entry",
                        "delete from governance.audit_head",
                        """
                        insert into governance.audit_entry
                        select sequence + 1000, at, actor, action, subject, details, previous,
                               sha256(hash)
                        from   governance.audit_entry where sequence = 1
                        """)) {
            assertThatThrownBy(() -> database.sql(statement).update())
                    .as(statement)
                    .hasMessageFindingMatch("append-only|does not follow");
        }
        assertThat(export()).isEqualTo(export);
    }

    @Test
    void keepsTheChainWholeWhenManyWriteAtOnce() throws Exception {
        long before = audit.head().sequence();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            Stream.generate(() -> (Runnable) this::appendTwo).limit(100).forEach(threads::execute);
        }
        assertThat(audit.head().sequence()).isEqualTo(before + 200);
        assertThat(verify(export())).isEqualTo(new Verdict.Intact(audit.head()));
    }

    @Test
    void keepsTextsThatAreHardToKeep() {
        String hostile = "\0 \uD800 \"\\ \n {} \u2028 ünïcødé 😀";
        database.inTransaction(
                () -> audit.append(hostile, "x.y", hostile, Map.of(hostile, hostile)));
        assertThat(verify(export())).isEqualTo(new Verdict.Intact(audit.head()));
    }

    private void appendTwo() {
        database.inTransaction(
                () -> {
                    audit.append("system", "x.one", "s", Map.of("t", "" + Thread.currentThread()));
                    audit.append("system", "x.two", "s", Map.of());
                });
    }

    private List<String> export() {
        List<String> lines = new ArrayList<>();
        audit.export(0, lines::add);
        return lines;
    }

    private static Verdict.Broken broken(List<String> lines) {
        assertThat(verify(lines)).isInstanceOf(Verdict.Broken.class);
        return (Verdict.Broken) verify(lines);
    }

    private static Verdict verify(List<String> lines) {
        try {
            return AuditVerifier.verify(
                    new StringReader(String.join("\n", lines) + "\n"), Optional.empty());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
