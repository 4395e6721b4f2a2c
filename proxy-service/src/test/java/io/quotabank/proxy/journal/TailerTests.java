package io.quotabank.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.proxy.journal.Journals.FakeTransport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TailerTests {

    @TempDir
    private Path root;

    private final UUID user = UUID.randomUUID();
    private final FakeTransport transport = new FakeTransport();
    private final List<UUID> closed = new ArrayList<>();
    private long nowMs = 10_000;
    private JournalDirectory directory;
    private JournalFile file;
    private Journal journal;
    private Tailer tailer;

    @BeforeEach
    void open() throws Exception {
        directory = Journals.directory(root);
        var settings = Journals.settings(root, 2_000);
        file = new JournalFile(directory, Disk.REAL, settings);
        journal = new Journal(file, Journals.MESSAGES, () -> nowMs);
        tailer = new Tailer(directory, file, transport, Journals.MESSAGES, settings, () -> nowMs, Journals.meters());
    }

    @Test
    void sendsEachClosedRequestOnceInOrder() throws Exception {
        close(25);
        steps(5);
        close(5);
        steps(5);

        assertThat(transport.ids(UsageEvent.CLOSED_TYPE)).containsExactlyElementsOf(closed);
        assertThat(tailer.drained()).isTrue();
    }

    @Test
    void keepsTraceContext() throws Exception {
        journal.closed(Journals.closed(UUID.randomUUID(), user, 1, List.of()), "00-trace");
        steps(1);

        assertThat(transport.taken)
                .singleElement()
                .satisfies(message -> assertThat(message.traceparent()).isEqualTo("00-trace"));
    }

    @Test
    void deletesFilesOnceEverythingInThemIsAcknowledged() throws Exception {
        transport.holding = true;
        close(25);
        steps(5);
        tailer.close();
        assertThat(directory.segments()).hasSizeGreaterThan(5).startsWith(0L);

        transport.held.forEach(Runnable::run);
        steps(2);
        tailer.close();
        steps(1);
        // Until the newest is on the disk, what it carries on is in those before.
        assertThat(directory.segments()).hasSizeGreaterThan(5).startsWith(0L);

        file.force();
        steps(1);
        assertThat(directory.segments()).containsExactly(file.end().segment());
        assertThat(directory.acknowledged()).isEqualTo(file.end());
    }

    @Test
    void acknowledgesNothingBehindAnUnansweredMessage() throws Exception {
        transport.holding = true;
        close(10);
        steps(3);
        transport.held.reversed().subList(0, 9).forEach(Runnable::run);
        steps(3);
        tailer.close();

        assertThat(directory.acknowledged()).isEqualTo(Position.START);
    }

    @Test
    void sendsAgainFromTheLastAcknowledgedAfterAFailure() throws Exception {
        close(3);
        steps(3);
        transport.failing = true;
        close(4);
        steps(3);
        transport.failing = false;
        steps(3);

        assertThat(transport.ids(UsageEvent.CLOSED_TYPE)).containsExactlyElementsOf(closed);
        assertThat(transport.restarts.get()).isPositive();
        assertThat(tailer.drained()).isTrue();
    }

    @Test
    void announcesOnlyRequestsThatRunForLongerThanASecond() throws Exception {
        var quick = UUID.randomUUID();
        var slow = UUID.randomUUID();
        open(quick);
        open(slow);
        nowMs += 999;
        journal.closed(Journals.closed(quick, user, 1, List.of()), null);
        steps(1);
        assertThat(transport.ids(UsageEvent.OPENED_TYPE)).isEmpty();

        nowMs += 2;
        steps(3);
        assertThat(transport.ids(UsageEvent.OPENED_TYPE)).containsExactly(slow);
    }

    @Test
    void carriesOpenRequestsForwardSoThatOldFilesCanGo() throws Exception {
        var running = UUID.randomUUID();
        open(running);
        journal.attempted(running, 0, UUID.randomUUID(), null, 0, "openai");
        close(50);
        steps(5);
        tailer.close();
        file.force();
        steps(1);
        file.close();
        directory.close();

        assertThat(directory.segments()).hasSize(1);
        var replayed = new FakeTransport();
        new Replays(
                        Journals.settings(root, 2_000),
                        Journals.MESSAGES,
                        Journals.meters(),
                        () -> replayed,
                        new Journals.FakeStatements())
                .run();
        assertThat(replayed.ids(UsageEvent.CLOSED_TYPE)).containsExactly(running);
        assertThat(replayed.closed(running).attempts()).hasSize(1);
    }

    private void open(UUID id) {
        journal.opened(Journals.opened(id, user, nowMs), Journals.terms(List.of()));
    }

    private void close(int count) {
        for (int i = 0; i < count; i++) {
            var id = UUID.randomUUID();
            closed.add(id);
            journal.closed(Journals.closed(id, user, 1, List.of()), null);
        }
    }

    private void steps(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            tailer.step();
        }
    }
}
