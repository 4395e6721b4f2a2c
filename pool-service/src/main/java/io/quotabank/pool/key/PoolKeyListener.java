package io.quotabank.pool.key;

import io.quotabank.contracts.poolkey.PoolKeyRecord;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Reads what routers read, to see that the last word on each key is the true one. */
@Component
class PoolKeyListener {

    private final Retelling retelling;
    private final JsonMapper json;

    PoolKeyListener(Retelling retelling, JsonMapper json) {
        this.retelling = retelling;
        this.json = json;
    }

    @KafkaListener(topics = PoolKeyRecord.TOPIC, groupId = "pool-service-keys", batch = "true")
    void check(List<ConsumerRecord<String, byte[]>> records) {
        var last = new HashMap<UUID, Long>();
        for (var record : records) {
            if (record.value() != null) {
                var key = json.readValue(record.value(), PoolKeyRecord.class);
                last.put(key.keyId(), key.version());
            }
        }
        var ids = List.copyOf(last.keySet());
        retelling.tellAgain(
                ids, ids.stream().map(id -> last.getOrDefault(id, 0L)).toList());
    }
}
