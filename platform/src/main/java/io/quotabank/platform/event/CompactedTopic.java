package io.quotabank.platform.event;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.ConsumerFactory;

/**
 * Reads a compacted topic from its beginning, without a group, and keeps following it. It has caught up once it has
 * seen everything that was there when it started. It survives the broker's absence.
 */
public final class CompactedTopic implements SmartLifecycle {

    /** Takes a record in order; what it throws is logged, and the record left out. */
    interface RecordReader {
        void take(ConsumerRecord<String, byte[]> record);
    }

    private static final Logger LOG = LoggerFactory.getLogger(CompactedTopic.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final long PAUSE_MS = 500;
    private static final long CONTACT_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    private final String topic;
    private final ConsumerFactory<String, byte[]> consumers;
    private final RecordReader reader;
    private volatile boolean running;
    private volatile boolean caughtUp;
    private volatile long contactNanos = System.nanoTime();
    private volatile @Nullable Consumer<String, byte[]> current;

    CompactedTopic(String topic, ConsumerFactory<String, byte[]> consumers, RecordReader reader) {
        this.topic = topic;
        this.consumers = consumers;
        this.reader = reader;
    }

    public String name() {
        return topic;
    }

    public boolean caughtUp() {
        return caughtUp;
    }

    /** How long the broker has not answered: while this grows, what was followed may be stale. */
    public Duration silence() {
        return Duration.ofNanos(System.nanoTime() - contactNanos);
    }

    @Override
    public synchronized void start() {
        running = true;
        // A platform thread: the Kafka client waits inside monitors and selectors.
        Thread.ofPlatform().daemon().name("follow-" + topic).start(this::run);
    }

    private void run() {
        while (running) {
            try (var consumer = consumers.createConsumer(null, null, null, settings())) {
                current = consumer;
                follow(consumer);
            } catch (WakeupException stopped) {
                return;
            } catch (KafkaException passing) {
                LOG.warn("following {} failed, starting over: {}", topic, passing.toString());
                pause();
            }
        }
    }

    private void follow(Consumer<String, byte[]> consumer) {
        var partitions = partitions(consumer);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        var ends = new HashMap<>(consumer.endOffsets(partitions, ANSWER));
        long contact = System.nanoTime();
        contactNanos = contact;
        while (running) {
            for (var record : consumer.poll(POLL)) {
                take(record);
            }
            if (!caughtUp) {
                ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
                caughtUp = ends.isEmpty();
            }
            if (System.nanoTime() - contact > CONTACT_EVERY_NANOS) {
                contact = System.nanoTime();
                touch(consumer, partitions);
            }
        }
    }

    private Collection<TopicPartition> partitions(Consumer<String, byte[]> consumer) {
        while (running) {
            var known = consumer.partitionsFor(topic, ANSWER);
            if (known != null && !known.isEmpty()) {
                return known.stream()
                        .map(part -> new TopicPartition(topic, part.partition()))
                        .toList();
            }
            pause();
        }
        throw new WakeupException();
    }

    private void touch(Consumer<String, byte[]> consumer, Collection<TopicPartition> partitions) {
        try {
            Map<TopicPartition, Long> answered = consumer.endOffsets(partitions, ANSWER);
            if (!answered.isEmpty()) {
                contactNanos = System.nanoTime();
            }
        } catch (TimeoutException silent) {
            LOG.debug("the broker does not answer for {}", topic);
        }
    }

    private void take(ConsumerRecord<String, byte[]> record) {
        try {
            reader.take(record);
        } catch (RuntimeException poison) {
            LOG.error("left out a record of {} at offset {}", topic, record.offset(), poison);
        }
    }

    private static Properties settings() {
        var settings = new Properties();
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "2000");
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "200");
        return settings;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new WakeupException();
        }
    }

    @Override
    public synchronized void stop() {
        running = false;
        var reading = current;
        if (reading != null) {
            reading.wakeup();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
