package io.quotabank.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal's threads with a real broker: sending, the broker away, a process that died. */
class TailerIT {

    private static Broker broker;

    @TempDir
    private Path root;

    private final Journals.FakeStatements ledger = new Journals.FakeStatements();

    @BeforeAll
    static void start() throws Exception {
        broker = new Broker();
    }

    @AfterAll
    static void stop() throws Exception {
        broker.close();
    }

    @Test
    void sendsCloudEventsKeyedByUser() throws Exception {
        var running = new Running(root);
        var user = UUID.randomUUID();
        var closed = Journals.closed(UUID.randomUUID(), user, 77, List.of());
        running.journal.closed(closed, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        running.lifecycle.stop();

        var record = records(user).getFirst();
        assertThat(header(record, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(record, "ce_id")).isEqualTo(closed.requestId().toString());
        assertThat(header(record, "ce_type")).isEqualTo(UsageEvent.CLOSED_TYPE);
        assertThat(header(record, "ce_source")).isEqualTo("/proxy-service");
        assertThat(header(record, "ce_time")).isEqualTo("1970-01-01T00:00:02Z");
        assertThat(header(record, "content-type")).isEqualTo("application/json");
        assertThat(header(record, "traceparent")).startsWith("00-0af7");
        assertThat(Journals.JSON.readValue(record.value(), UsageEvent.Closed.class))
                .isEqualTo(closed);
        // Nothing was left to say: the journal is gone with its process.
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void growsWhileTheBrokerIsAwayAndSendsAllInOrderWhenItIsBack() throws Exception {
        var running = new Running(root);
        var users = List.of(UUID.randomUUID(), UUID.randomUUID());
        var sent = new HashMap<UUID, List<UUID>>();
        try {
            close(running, users, sent, 50);
            broker.goAway();
            close(running, users, sent, 2_000);
            assertThat(running.journal.accepting()).isTrue();
            assertThat(running.directory.segments()).hasSizeGreaterThan(5);
        } finally {
            broker.comeBack();
        }
        close(running, users, sent, 50);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> running.directory.segments().size() == 1);
        running.lifecycle.stop();

        for (var user : users) {
            // A record may come twice where its answer was lost; then whole and in order again.
            assertThat(records(user))
                    .extracting(record -> UUID.fromString(header(record, "ce_id")))
                    .containsSubsequence(sent.get(user));
        }
    }

    @Test
    void replaysWhatADeadProcessLeftIntoTheSameTopic() throws Exception {
        var user = UUID.randomUUID();
        var lease = UUID.randomUUID();
        var funding = List.of(new Funding(lease, new Credits(1_000)));
        var directory = Journals.directory(root);
        var file = new JournalFile(directory, Disk.REAL, Journals.settings(root, 10_000));
        var dead = new Journal(file, Journals.MESSAGES, () -> 2_000);
        dead.leased(lease, user, new Credits(5_000), 0);
        var closed = Journals.closed(UUID.randomUUID(), user, 400, funding);
        dead.closed(closed, null);
        var abandoned = UUID.randomUUID();
        dead.opened(Journals.opened(abandoned, user, 1_000), Journals.terms(funding));
        file.close();
        directory.close();

        var running = new Running(root);
        await().until(() -> !ledger.taken.isEmpty());
        assertThat(ledger.taken)
                .containsExactly(new Statement(lease, Replay.BEYOND_ALL_TOLD, new Credits(400), List.of(), true));
        running.lifecycle.stop();
        assertThat(records(user))
                .extracting(record -> UUID.fromString(header(record, "ce_id")))
                .containsExactly(closed.requestId(), abandoned);
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void leavesTheJournalToTheNextProcessWhereTheBrokerIsAwayAtTheEnd() throws Exception {
        var user = UUID.randomUUID();
        var first = new Running(root);
        var closed = Journals.closed(UUID.randomUUID(), user, 1, List.of());
        try {
            broker.goAway();
            first.journal.closed(closed, null);
            first.lifecycle.stop();
            assertThat(root).isNotEmptyDirectory();
        } finally {
            broker.comeBack();
        }
        var second = new Running(root);
        await().atMost(Duration.ofSeconds(60)).until(() -> !records(user).isEmpty());
        second.lifecycle.stop();
        assertThat(header(records(user).getFirst(), "ce_id"))
                .isEqualTo(closed.requestId().toString());
    }

    private static void close(Running running, List<UUID> users, Map<UUID, List<UUID>> sent, int count) {
        for (int i = 0; i < count; i++) {
            var user = users.get(i % users.size());
            var id = UUID.randomUUID();
            sent.computeIfAbsent(user, key -> new ArrayList<>()).add(id);
            running.journal.closed(Journals.closed(id, user, 1, List.of()), null);
        }
    }

    private static String header(ConsumerRecord<String, byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<String, byte[]>> records(UUID user) {
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.address());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(UsageEvent.TOPIC).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            var records = new ArrayList<ConsumerRecord<String, byte[]>>();
            while (partitions.stream().anyMatch(part -> consumer.position(part) < ends.get(part))) {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                    if (user.toString().equals(record.key())) {
                        records.add(record);
                    }
                }
            }
            return records;
        }
    }

    /** What a process has of the journal. */
    private final class Running {
        private final JournalDirectory directory;
        private final Journal journal;
        private final JournalLifecycle lifecycle;

        private Running(Path root) throws Exception {
            var settings = Journals.settings(root, 20_000);
            directory = Journals.directory(root);
            var file = new JournalFile(directory, Disk.REAL, settings);
            journal = new Journal(file, Journals.MESSAGES, System::currentTimeMillis);
            Map<String, Object> kafka = Map.of("bootstrap.servers", broker.address());
            var tailer = new Tailer(
                    directory,
                    file,
                    new KafkaUsageTransport(kafka),
                    Journals.MESSAGES,
                    settings,
                    System::currentTimeMillis,
                    Journals.meters());
            var replays = new Replays(
                    settings, Journals.MESSAGES, Journals.meters(), () -> new KafkaUsageTransport(kafka), ledger);
            lifecycle = new JournalLifecycle(directory, file, tailer, replays, settings);
            lifecycle.start();
        }
    }
}
