package io.quotabank.systemtests.bench;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes {@code usage.v1} as a proxy does, knows when each record was due, and how far the ledger has come. */
final class UsageFeed implements AutoCloseable {

    static final int PARTITIONS = 12;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String GROUP = "ledger-service";
    private static final int ONE_IN = 100;
    private static final long MILLI_NS = 1_000_000;

    private final Admin admin;
    private final KafkaProducer<String, byte[]> producer;
    private final Traffic traffic;
    private final Random random = new Random(11);
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    // When the record at each offset was due, by partition.
    private final long[][] dueNs = new long[PARTITIONS][1 << 16];
    private @Nullable ProducerRecord<String, byte[]> earlier;
    private long events;

    UsageFeed(String kafka, Traffic traffic) throws InterruptedException, ExecutionException {
        this.traffic = traffic;
        admin = Admin.create(Map.of("bootstrap.servers", kafka));
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", kafka,
                        "acks", "all",
                        "max.in.flight.requests.per.connection", "1",
                        "linger.ms", "20",
                        "batch.size", "65536",
                        "compression.type", "lz4",
                        "buffer.memory", "67108864"),
                new StringSerializer(),
                new ByteArraySerializer());
        try {
            admin.createTopics(List.of(new NewTopic(UsageEvent.TOPIC, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        } catch (ExecutionException there) {
            if (!(there.getCause() instanceof TopicExistsException)) {
                throw there;
            }
        }
    }

    /** Sends one event, and one time in a hundred an earlier one again. */
    void send() {
        send(next(), System.nanoTime());
    }

    /** Events to be sent later, so that making them takes nothing from what is measured then. */
    List<ProducerRecord<String, byte[]>> make(int events) {
        var made = IntStream.range(0, events).mapToObj(i -> next()).toList();
        // Now and not while something is measured: moved once, they are in no later collection's way.
        System.gc();
        return made;
    }

    /** Sends events that are due at a steady rate, whatever is done with them. */
    void sendAtRate(List<ProducerRecord<String, byte[]>> made, int perSecond) {
        long due = System.nanoTime();
        long interval = 1_000_000_000L / perSecond;
        for (var record : made) {
            while (System.nanoTime() < due) {
                // Those of a millisecond go together: to wake up for each would take as much as to send it.
                LockSupport.parkNanos(due + MILLI_NS - System.nanoTime());
            }
            send(record, due);
            due += interval;
        }
        flush();
    }

    /** Until all that was sent is on the topic. */
    void flush() {
        producer.flush();
        if (failure.get() != null) {
            throw new IllegalStateException("not all events were sent", failure.get());
        }
    }

    /** Different events sent so far. */
    long events() {
        return events;
    }

    /** Records that the ledger has done with, by partition. */
    long[] settled() throws InterruptedException, ExecutionException {
        var done = new long[PARTITIONS];
        var offsets = admin.listConsumerGroupOffsets(GROUP)
                .partitionsToOffsetAndMetadata()
                .get();
        offsets.forEach((partition, offset) -> {
            if (offset != null && partition.topic().equals(UsageEvent.TOPIC)) {
                done[partition.partition()] = offset.offset();
            }
        });
        return done;
    }

    /** Records on the topic. */
    long sent() throws InterruptedException, ExecutionException {
        var ends = admin.listOffsets(IntStream.range(0, PARTITIONS)
                        .boxed()
                        .collect(Collectors.toMap(
                                partition -> new TopicPartition(UsageEvent.TOPIC, partition),
                                partition -> OffsetSpec.latest())))
                .all()
                .get();
        return ends.values().stream().mapToLong(end -> end.offset()).sum();
    }

    /** 0 where the broker has not told yet that it has the record. */
    synchronized long dueNs(int partition, long offset) {
        return offset < dueNs[partition].length ? dueNs[partition][(int) offset] : 0;
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // Its callback is told the same.
    private void send(ProducerRecord<String, byte[]> record, long dueNs) {
        producer.send(record, (sent, failed) -> {
            if (failed != null) {
                failure.set(failed);
                return;
            }
            note(sent.partition(), sent.offset(), dueNs);
        });
    }

    private ProducerRecord<String, byte[]> next() {
        if (earlier != null && random.nextInt(ONE_IN) == 0) {
            return earlier;
        }
        var record = record(traffic.next());
        earlier = earlier == null || random.nextInt(ONE_IN) == 0 ? record : earlier;
        events++;
        return record;
    }

    private synchronized void note(int partition, long offset, long due) {
        if (offset >= dueNs[partition].length) {
            dueNs[partition] = Arrays.copyOf(dueNs[partition], (int) offset * 2);
        }
        dueNs[partition][(int) offset] = due;
    }

    private static ProducerRecord<String, byte[]> record(Closed event) {
        var record = new ProducerRecord<>(UsageEvent.TOPIC, event.userId().toString(), JSON.writeValueAsBytes(event));
        Map.of(
                        "ce_specversion",
                        "1.0",
                        "ce_id",
                        UUID.randomUUID().toString(),
                        "ce_source",
                        "bench",
                        "ce_type",
                        UsageEvent.CLOSED_TYPE,
                        "ce_time",
                        Instant.now().toString(),
                        "content-type",
                        "application/json")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        return record;
    }
}
