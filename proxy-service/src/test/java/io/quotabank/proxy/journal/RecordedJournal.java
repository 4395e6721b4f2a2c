package io.quotabank.proxy.journal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.platform.id.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

/** The real journal on the real disk, with a transport that keeps what Kafka would have got. */
public final class RecordedJournal implements AutoCloseable {

    private final JsonMapper json = new JsonMapper();
    private final List<UsageEvent.Closed> closed = new CopyOnWriteArrayList<>();
    private final JournalFile file;
    private final Journal journal;
    private final Tailer tailer;

    public RecordedJournal(Path directory) {
        try {
            var ids = new Ids(Clock.systemUTC());
            var settings = new JournalProperties(
                    directory,
                    DataSize.ofMegabytes(64),
                    Duration.ofMillis(50),
                    DataSize.ofMegabytes(16),
                    5_000,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10));
            var meters = new JournalMeters(new SimpleMeterRegistry());
            var own = JournalDirectory.create(directory, "test", ids::next);
            var messages = new UsageMessages(json);
            file = new JournalFile(own, Disk.REAL, settings);
            journal = new Journal(file, messages, System::currentTimeMillis);
            tailer = new Tailer(own, file, new Kept(), messages, settings, System::currentTimeMillis, meters);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    public Journal journal() {
        return journal;
    }

    /** Every closed event so far, in order. */
    public synchronized List<UsageEvent.Closed> closed() {
        try {
            while (tailer.step()) {
                // Until everything that was written is read.
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return List.copyOf(closed);
    }

    /** True where every request that was opened has been closed. */
    public boolean nothingOpen() {
        return file.nothingOpen();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private final class Kept implements UsageTransport {
        @Override
        public void send(UsageMessage message, Consumer<@Nullable Exception> answer) {
            if (message.type().equals(UsageEvent.CLOSED_TYPE)) {
                closed.add(json.readValue(message.event(), UsageEvent.Closed.class));
            }
            answer.accept(null);
        }

        @Override
        public void restart() {
            throw new UnsupportedOperationException("nothing fails here");
        }

        @Override
        public void close() {}
    }
}
