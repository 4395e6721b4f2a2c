package io.quotabank.risk.signal;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Opened;
import io.quotabank.platform.batch.EventBatches;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.listener.BatchListenerFailedException;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Hears of requests, a poll at a time. */
@Component
class UsageListener {

    private final EventBatches<Opened> opened;
    private final EventBatches<Closed> closed;

    UsageListener(Signals signals, JsonMapper json) {
        this.opened = new EventBatches<>(UsageEvent.OPENED_TYPE, Opened.class, json, signals::open);
        this.closed = new EventBatches<>(UsageEvent.CLOSED_TYPE, Closed.class, json, signals::hear);
    }

    @KafkaListener(
            topics = UsageEvent.TOPIC,
            groupId = ConsumedUsage.GROUP,
            batch = "true",
            concurrency = "${quotabank.signal.consumers:1}")
    void take(List<ConsumerRecord<String, byte[]>> polled) {
        try {
            opened.take(polled);
        } catch (BatchListenerFailedException bad) {
            // What lies before the bad record is not delivered again.
            closed.take(polled.subList(0, bad.getIndex()));
            throw bad;
        }
        closed.take(polled);
    }
}
