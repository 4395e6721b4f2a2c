package io.quotabank.proxy.journal;

import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.usage.UsageEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.FileSystemUtils;

/** A real journal in a temporary directory, for tests of what writes into it. */
public final class TestJournal implements AutoCloseable {

    private static final long SEGMENT = 1 << 20;

    private final Path root;
    private final JournalDirectory directory;
    private final JournalFile file;
    private final Journal journal;
    private volatile boolean full;

    public TestJournal() {
        try {
            root = Files.createTempDirectory("journal");
            directory = Journals.directory(root);
            file = new JournalFile(
                    directory,
                    path -> new FillingDisk(Disk.REAL.open(path), () -> full),
                    Journals.settings(root, SEGMENT));
            journal = new Journal(file, Journals.MESSAGES, () -> 1_000);
        } catch (Exception refused) {
            throw new IllegalStateException(refused);
        }
    }

    public Journal journal() {
        return journal;
    }

    /** From now on the disk is full, or no longer. */
    public void fill(boolean now) {
        full = now;
        file.force();
    }

    /** What a process that finds this journal would say: usage events and last statements. */
    public Replayed kill() {
        var transport = new Journals.FakeTransport();
        var statements = new Journals.FakeStatements();
        try {
            file.close();
            directory.close();
            new Replays(
                            Journals.settings(root, SEGMENT),
                            Journals.MESSAGES,
                            Journals.meters(),
                            () -> transport,
                            statements)
                    .run();
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        var closed = new ArrayList<UsageEvent.Closed>();
        transport.taken.forEach(
                message -> closed.add(Journals.JSON.readValue(message.event(), UsageEvent.Closed.class)));
        return new Replayed(closed, List.copyOf(statements.taken));
    }

    public record Replayed(List<UsageEvent.Closed> closed, List<Statement> statements) {}

    @Override
    public void close() {
        try {
            file.close();
            directory.close();
            FileSystemUtils.deleteRecursively(root);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }
}
