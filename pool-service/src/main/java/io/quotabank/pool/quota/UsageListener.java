package io.quotabank.pool.quota;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.platform.event.CloudEventRecords;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Takes closed requests from {@code usage.v1} in batches; one that breaks a rule is dead-lettered alone. */
@Component
class UsageListener {

    private record Read(int index, Closed closed) {}

    private final Metering metering;
    private final JsonMapper json;

    UsageListener(Metering metering, JsonMapper json) {
        this.metering = metering;
        this.json = json;
    }

    @KafkaListener(
            topics = UsageEvent.TOPIC,
            groupId = "pool-service",
            batch = "true",
            concurrency = "${quotabank.quota.consumers:1}")
    void take(List<ConsumerRecord<String, byte[]>> records) {
        var reads = new ArrayList<Read>(records.size());
        for (int i = 0; i < records.size(); i++) {
            try {
                if (CloudEventRecords.typeOf(records.get(i)).equals(UsageEvent.CLOSED_TYPE)) {
                    reads.add(new Read(i, json.readValue(records.get(i).value(), Closed.class)));
                }
            } catch (JacksonException | IllegalArgumentException unreadable) {
                count(reads);
                throw new BatchListenerFailedException("not a closed request", unreadable, i);
            }
        }
        count(reads);
    }

    private void count(List<Read> reads) {
        if (reads.isEmpty()) {
            return;
        }
        try {
            metering.count(reads.stream().map(Read::closed).toList());
        } catch (IllegalArgumentException | ArithmeticException | DataIntegrityViolationException broken) {
            if (reads.size() == 1) {
                throw new BatchListenerFailedException(
                        "breaks a rule", broken, reads.getFirst().index());
            }
            // Halves, in order: what comes before the bad record is counted when it is found.
            int half = reads.size() / 2;
            count(reads.subList(0, half));
            count(reads.subList(half, reads.size()));
        }
    }
}
