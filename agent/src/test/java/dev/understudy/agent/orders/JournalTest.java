package dev.understudy.agent.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir Path folder;
    private Fixture host;
    private Path file;

    @BeforeEach
    void newHost() {
        host = new Fixture(folder);
        file = folder.resolve("journal.log");
    }

    private Order letIn(OrderBody body) {
        Order order = host.order(body);
        assertThat(host.gate.judge(host.sign(order))).isInstanceOf(Judgement.LetIn.class);
        return order;
    }

    @Test
    void remembersEverythingOverARestart() {
        Order order = letIn(Fixture.apply());
        assertThat(host.journal.began(order.id(), "boot-1")).isEqualTo(1);
        host.journal.reached(order.id(), Step.INSTALL, "boot-1", "3 packages");
        host.restart();
        assertThat(host.journal.began(order.id(), "boot-2")).isEqualTo(2);
        OpenOrder open = host.journal.open().getFirst();
        assertThat(open.order()).isEqualTo(order);
        assertThat(open.attempts()).isEqualTo(2);
        assertThat(open.touchedHost()).isTrue();
        assertThat(open.last(Step.INSTALL).orElseThrow().detail()).isEqualTo("3 packages");
        assertThat(host.journal.host()).contains(host.host);
    }

    @Test
    void tellsAgainWhatAControlPlaneThatWasPutBackHasForgotten() {
        Order order = letIn(new OrderBody.Refresh());
        host.journal.report(order.id(), new Report.Progress("download", "1 of 2"));
        host.journal.report(order.id(), new Report.Refreshed(3));
        List<AgentEvent> told = host.journal.pending(10);
        host.journal.acknowledged(3);
        host.journal.report(null, new Report.Failed("later"));
        assertThat(host.journal.forgottenAfter(3)).isFalse();
        assertThat(host.journal.forgottenAfter(1)).isTrue();
        assertThat(sequences()).containsExactly(2L, 3L, 4L);
        assertThat(host.journal.pending(2)).isEqualTo(told.subList(1, 3));
        assertThat(host.journal.unheard(order.id())).isTrue();
        assertThat(host.gate.judge(host.sign(order)))
                .as("it is known, and not carried out again")
                .isInstanceOf(Judgement.DeliveredBefore.class);
        host.restart();
        assertThat(sequences()).containsExactly(2L, 3L, 4L);
        assertThat(host.journal.acknowledged()).isEqualTo(1);
        assertThat(host.journal.forgottenAfter(1)).isFalse();
        host.journal.acknowledged(4);
        assertThat(host.journal.forgottenAfter(0)).as("and once more, from the start").isTrue();
        assertThat(sequences()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void tellsAgainOnlyWhatItsFilesStillHold() throws IOException {
        letIn(new OrderBody.Refresh());
        host.journal.acknowledged(1);
        fillAFile();
        try (var files = Files.list(folder)) {
            for (Path old : files.filter(f -> f.toString().matches(".*-\\d+.log")).toList()) {
                Files.delete(old);
            }
        }
        assertThat(host.journal.forgottenAfter(0)).isTrue();
        assertThat(sequences()).isNotEmpty().doesNotContain(1L).isSorted();
        assertThat(host.journal.acknowledged()).isZero();
    }

    private void fillAFile() throws IOException {
        for (int i = 0; Files.size(file) > 4_096 || i < 100; i++) {
            host.journal.report(null, new Report.Failed("x".repeat(900)));
            host.journal.acknowledged(host.journal.acknowledged() + 1);
        }
    }

    @Test
    void numbersEventsWithoutGapsAndKeepsThemUntilTheyAreAcknowledged() {
        Order order = letIn(new OrderBody.Refresh());
        host.journal.report(order.id(), new Report.Progress("download", "1 of 2"));
        host.journal.report(order.id(), new Report.Refreshed(3));
        host.restart();
        assertThat(sequences()).containsExactly(1L, 2L, 3L);
        host.journal.acknowledged(2);
        host.restart();
        assertThat(sequences()).containsExactly(3L);
        host.journal.acknowledged(3);
        letIn(new OrderBody.Refresh());
        host.restart();
        assertThat(sequences()).containsExactly(4L);
    }

    @Test
    void goesOnAfterWhatTheControlPlaneHasWhenItsOwnFileWasLost() throws IOException {
        letIn(new OrderBody.Refresh());
        host.journal.acknowledged(57);
        assertThat(sequences()).containsExactly(58L);
        host.restart();
        assertThat(sequences()).containsExactly(58L);
    }

    @Test
    void startsANewSequenceWithANewIdentity() {
        letIn(new OrderBody.Refresh());
        host.journal.enrolled(host.host);
        assertThat(sequences()).isEmpty();
        letIn(new OrderBody.Refresh());
        assertThat(sequences()).containsExactly(1L);
    }

    @Test
    void keepsOrdersGivenByHandFromTheControlPlanesSequenceUntilTheyEnd() {
        Order order = host.order(new OrderBody.Refresh());
        assertThat(host.gate.judgeByHand(order)).isInstanceOf(Judgement.LetIn.class);
        host.journal.report(order.id(), new Report.Progress("download", ""));
        assertThat(sequences()).isEmpty();
        host.journal.report(order.id(), new Report.Refreshed(0));
        AgentEvent event = host.journal.pending(10).getFirst();
        assertThat(event.order()).isNull();
        assertThat(event.report()).isEqualTo(new Report.Refreshed(0));
        assertThat(host.journal.open()).isEmpty();
    }

    @Test
    void cutsALastLineTornAtAnyByteAndLosesNothingElse() throws IOException {
        Order first = letIn(new OrderBody.Refresh());
        byte[] sound = Files.readAllBytes(file);
        host.journal.report(first.id(), new Report.Progress("twin", "boots"));
        host.journal.close();
        byte[] whole = Files.readAllBytes(file);
        for (int length = sound.length; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            try (Journal journal = Journal.open(folder, () -> host.now)) {
                assertThat(journal.open()).as("cut at %d", length).hasSize(1);
                assertThat(journal.pending(10)).hasSize(1);
                journal.report(first.id(), new Report.Progress("again", ""));
            }
            try (Journal journal = Journal.open(folder, () -> host.now)) {
                assertThat(journal.pending(10)).hasSize(2);
            }
        }
    }

    @Test
    void cutsALastLineWhoseBlocksNeverReachedTheDisk() throws IOException {
        Order first = letIn(new OrderBody.Refresh());
        host.journal.close();
        byte[] sound = Files.readAllBytes(file);
        for (int zeros : new int[] {1, 100, 4096, 9000}) {
            Files.write(file, Arrays.copyOf(sound, sound.length + zeros));
            try (Journal journal = Journal.open(folder, () -> host.now)) {
                assertThat(journal.open()).extracting(OpenOrder::order).containsExactly(first);
            }
            assertThat(Files.readAllBytes(file)).isEqualTo(sound);
        }
    }

    @Test
    void refusesToOpenWhenAnyByteOfAWholeLineWasChanged() throws IOException {
        Order order = letIn(new OrderBody.Refresh());
        host.journal.report(order.id(), new Report.Refreshed(1));
        host.journal.close();
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 0x01;
            Files.write(file, damaged);
            assertThatThrownBy(() -> Journal.open(folder, () -> host.now))
                    .as("byte %d of %d", i, whole.length)
                    .isInstanceOf(JournalDamagedException.class)
                    .hasMessageContaining("journal.log")
                    .hasMessageContaining("line");
        }
    }

    @Test
    void refusesToOpenWhenALineIsMissingItsMiddleOrSomethingWasWrittenIntoIt() throws IOException {
        letIn(new OrderBody.Refresh());
        host.journal.close();
        byte[] whole = Files.readAllBytes(file);
        byte[] shorter = new byte[whole.length - 10];
        System.arraycopy(whole, 0, shorter, 0, 40);
        System.arraycopy(whole, 50, shorter, 40, shorter.length - 40);
        Files.write(file, shorter);
        assertThatThrownBy(() -> Journal.open(folder, () -> host.now))
                .isInstanceOf(JournalDamagedException.class);
    }

    @Test
    void carriesWhatMattersIntoANewFileWhenTheOldOneIsFull() throws IOException {
        Order running = letIn(Fixture.apply());
        host.journal.began(running.id(), "boot-1");
        host.journal.reached(running.id(), Step.VERIFY, "boot-1", "");
        Order ended = letIn(new OrderBody.Refresh());
        host.journal.report(ended.id(), new Report.Refreshed(0));
        String detail = "x".repeat(900);
        long last = 0;
        for (int i = 0; i < 2_500; i++) {
            host.journal.report(running.id(), new Report.Progress("apply", detail));
            last = host.journal.pending(1).getFirst().sequence();
            host.journal.acknowledged(last);
        }
        try (var files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .contains("journal-000001.log", "journal-000002.log", "journal.log");
        }
        assertThat(Files.size(file)).isLessThan(1_100_000);
        host.restart();
        assertThat(host.journal.open()).hasSize(1);
        assertThat(host.journal.open().getFirst().last(Step.VERIFY)).isPresent();
        assertThat(host.journal.knows(ended.id())).isTrue();
        letIn(new OrderBody.Refresh());
        assertThat(host.journal.pending(10).getFirst().sequence()).isEqualTo(last + 1);
        assertThat(Journal.history(folder).stream().filter(e -> e instanceof Entry.Accepted))
                .hasSize(3);
    }

    @Test
    void forgetsOrdersOnlyLongAfterTheyCouldBeReplayed() {
        Order ended = letIn(new OrderBody.Refresh());
        host.journal.report(ended.id(), new Report.Refreshed(0));
        JournalState state = new JournalState();
        state.add(new Entry.Accepted(host.now, ended, "fingerprint", false));
        state.add(new Entry.Reported(host.now, ended.id(), 1, new Report.Refreshed(0), null));
        assertThat(state.summary(ended.notAfter().plus(JournalState.MEMORY).minusSeconds(1)))
                .anyMatch(e -> e instanceof Entry.Known);
        assertThat(state.summary(ended.notAfter().plus(JournalState.MEMORY)))
                .noneMatch(e -> e instanceof Entry.Known);
    }

    private List<Long> sequences() {
        return host.journal.pending(100).stream().map(AgentEvent::sequence).toList();
    }
}
