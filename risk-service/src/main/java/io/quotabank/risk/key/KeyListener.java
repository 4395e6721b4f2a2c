package io.quotabank.risk.key;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.platform.batch.EventBatches;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Keeps what is known of keys in step with the pool. All instances share the table, so one of them reads the topic. */
@Component
class KeyListener {

    private final EventBatches<PoolKeyRecord> batches;

    KeyListener(WatchedKeys keys, JsonMapper json) {
        this.batches = new EventBatches<>(PoolKeyRecord.TYPE, PoolKeyRecord.class, json, keys::take);
    }

    @KafkaListener(topics = PoolKeyRecord.TOPIC, groupId = "risk-service-keys", batch = "true")
    void take(List<ConsumerRecord<String, byte[]>> polled) {
        batches.take(polled);
    }
}
