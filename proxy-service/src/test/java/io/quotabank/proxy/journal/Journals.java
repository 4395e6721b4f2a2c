package io.quotabank.proxy.journal;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

/** What tests of the journal share. */
final class Journals {

    static final JsonMapper JSON = JsonMapper.builder().build();
    static final UsageMessages MESSAGES = new UsageMessages(JSON);

    static JournalProperties settings(Path root, long segmentBytes) {
        return new JournalProperties(
                root,
                DataSize.ofBytes(segmentBytes),
                Duration.ofMillis(50),
                DataSize.ofKilobytes(64),
                1_000,
                Duration.ofSeconds(1),
                Duration.ofMillis(200),
                Duration.ofSeconds(5));
    }

    static JournalMeters meters() {
        return new JournalMeters(new SimpleMeterRegistry());
    }

    static JournalDirectory directory(Path root) throws Exception {
        return JournalDirectory.create(root, "proxy", UUID::randomUUID);
    }

    static UsageEvent.Opened opened(UUID request, UUID user, long startedAtMs) {
        return new UsageEvent.Opened(
                request, user, null, "text_completion", "gpt-5", true, new Credits(1_000), startedAtMs);
    }

    static Journal.Terms terms(List<Funding> funding) {
        return new Journal.Terms(
                3, "bronze", 13_000, funding, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    }

    static UsageEvent.Closed closed(UUID request, UUID user, long cost, List<Funding> funding) {
        return new UsageEvent.Closed(
                request,
                user,
                null,
                "chat",
                "gpt-5",
                true,
                3,
                "bronze",
                13_000,
                Outcome.COMPLETED,
                Metering.REPORTED,
                TokenUsage.of(10, 20),
                new Credits(cost),
                funding,
                List.of(),
                null,
                1_000,
                1_050L,
                2_000,
                null);
    }

    /** Takes everything and remembers it; fails while told to. */
    static final class FakeTransport implements UsageTransport {

        final List<UsageMessage> taken = new CopyOnWriteArrayList<>();
        final List<Runnable> held = new ArrayList<>();
        volatile boolean failing;
        volatile boolean holding;
        final AtomicInteger restarts = new AtomicInteger();

        @Override
        public void send(UsageMessage message, Consumer<@Nullable Exception> answer) {
            if (failing) {
                answer.accept(new IllegalStateException("away"));
            } else if (holding) {
                held.add(() -> {
                    taken.add(message);
                    answer.accept(null);
                });
            } else {
                taken.add(message);
                answer.accept(null);
            }
        }

        @Override
        public void restart() {
            restarts.incrementAndGet();
            held.clear();
        }

        @Override
        public void close() {}

        List<UUID> ids(String type) {
            return taken.stream()
                    .filter(message -> message.type().equals(type))
                    .map(UsageMessage::id)
                    .toList();
        }

        UsageEvent.Closed closed(UUID id) {
            return taken.stream()
                    .filter(message -> message.id().equals(id) && message.type().equals(UsageEvent.CLOSED_TYPE))
                    .map(message -> JSON.readValue(message.event(), UsageEvent.Closed.class))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Takes every statement; fails while told to. */
    static final class FakeStatements implements LastStatements {

        final List<Statement> taken = new CopyOnWriteArrayList<>();
        volatile boolean failing;

        @Override
        public void tell(Statement statement) {
            if (failing) {
                throw new IllegalStateException("away");
            }
            taken.add(statement);
        }
    }

    private Journals() {}
}
