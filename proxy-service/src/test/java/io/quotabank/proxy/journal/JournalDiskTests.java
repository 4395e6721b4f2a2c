package io.quotabank.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.proxy.journal.Journals.FakeStatements;
import io.quotabank.proxy.journal.Journals.FakeTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full for a while: nothing new, and nothing of what runs is lost as long as memory lasts. */
class JournalDiskTests {

    @TempDir
    private Path root;

    private final UUID user = UUID.randomUUID();
    private volatile boolean full;
    private volatile String broken = "none";
    private JournalDirectory directory;
    private JournalFile file;
    private Journal journal;

    @BeforeEach
    void open() throws Exception {
        directory = Journals.directory(root);
        file = new JournalFile(
                directory,
                path -> {
                    if (full) {
                        throw new IOException("No space left on device");
                    }
                    return new FillingDisk(Disk.REAL.open(path), () -> full || path.endsWith(broken));
                },
                Journals.settings(root, 4_000));
        journal = new Journal(file, Journals.MESSAGES, () -> 5);
    }

    @Test
    void saysThatItCantRecordAndRecoversByItself() {
        full = true;
        close(UUID.randomUUID());
        assertThat(journal.accepting()).isFalse();
        file.force();
        assertThat(journal.accepting()).isFalse();

        full = false;
        file.force();
        assertThat(journal.accepting()).isTrue();
    }

    @Test
    void noticesAFailingForceThoughWritesSucceed() {
        close(UUID.randomUUID());
        full = true;
        file.force();

        assertThat(journal.accepting()).isFalse();
    }

    @Test
    void recoversForGoodWhereOnlyTheNewerOfTwoFilesCouldNotBeForced() {
        while (file.end().segment() == 0) {
            close(UUID.randomUUID());
        }
        broken = "000000000001.journal";
        file.force();
        assertThat(journal.accepting()).isFalse();

        broken = "none";
        file.force();
        assertThat(journal.accepting()).isTrue();
        for (int i = 0; i < 3; i++) {
            close(UUID.randomUUID());
            file.force();
            assertThat(journal.accepting()).isTrue();
        }
    }

    @Test
    void beginsAFileAnewThatItCouldNotBegin() throws Exception {
        var running = UUID.randomUUID();
        journal.opened(Journals.opened(running, user, 1), Journals.terms(List.of()));
        Files.write(directory.segment(1), Files.readAllBytes(directory.segment(0)));
        close(running);
        while (file.end().segment() == 0) {
            close(UUID.randomUUID());
        }
        Files.delete(directory.segment(0));

        assertThat(abandoned()).isEmpty();
    }

    @Test
    void noticesThatItsFileWasRemoved() throws Exception {
        close(UUID.randomUUID());
        Files.delete(directory.segment(0));
        file.force();
        assertThat(journal.accepting()).isFalse();
        file.force();
        assertThat(journal.accepting()).isFalse();
    }

    @Test
    void writesWhatItKeptInOrderAndAcrossFiles() throws Exception {
        var ids = new ArrayList<UUID>();
        for (int i = 0; i < 60; i++) {
            full = i % 20 >= 10;
            if (!full) {
                file.force();
            }
            var id = UUID.randomUUID();
            ids.add(id);
            close(id);
        }
        full = false;
        file.force();

        assertThat(file.end().segment()).isPositive();
        assertThat(replayed()).containsExactlyElementsOf(ids);
        assertThat(file.lost()).isZero();
    }

    @Test
    void countsWhatItLosesWhenMemoryIsFullToo() throws Exception {
        full = true;
        int count = 200;
        for (int i = 0; i < count; i++) {
            close(UUID.randomUUID());
        }
        full = false;
        file.force();

        assertThat(file.lost()).isPositive();
        assertThat(replayed()).hasSize(count - (int) file.lost());
    }

    private void close(UUID id) {
        journal.closed(Journals.closed(id, user, 1, List.of()), null);
    }

    private List<UUID> replayed() throws Exception {
        return replayed(Outcome.COMPLETED);
    }

    private List<UUID> abandoned() throws Exception {
        return replayed(Outcome.ABANDONED);
    }

    private List<UUID> replayed(Outcome outcome) throws Exception {
        file.close();
        directory.close();
        var transport = new FakeTransport();
        new Replays(
                        Journals.settings(root, 4_000),
                        Journals.MESSAGES,
                        Journals.meters(),
                        () -> transport,
                        new FakeStatements())
                .run();
        return transport.taken.stream()
                .filter(message -> transport.closed(message.id()).outcome() == outcome)
                .map(UsageMessage::id)
                .toList();
    }
}
