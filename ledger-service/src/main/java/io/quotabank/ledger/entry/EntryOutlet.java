package io.quotabank.ledger.entry;

import java.time.Duration;
import java.util.HashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.stereotype.Component;

/**
 * The producer of entries. It never gives a record up: one that it gave up would be missing before those sent after it.
 * So what a partition has is always a beginning of what was sent to it, whenever this process ends.
 */
@Component
class EntryOutlet implements DisposableBean {

    private final ProducerFactory<String, byte[]> factory;
    private @Nullable Producer<String, byte[]> producer;

    EntryOutlet(ProducerFactory<String, byte[]> factory) {
        this.factory = factory;
    }

    /** Made when it is first wanted: a start does not wait for the broker's address. */
    synchronized Producer<String, byte[]> producer() {
        var made = producer;
        if (made == null) {
            var settings = new HashMap<>(factory.getConfigurationProperties());
            settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
            settings.merge(ProducerConfig.CLIENT_ID_CONFIG, "-entries", (name, suffix) -> name + "" + suffix);
            made = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
            producer = made;
        }
        return made;
    }

    /** What is not acknowledged now is sent again by the next process: it waits for nothing. */
    @Override
    public synchronized void destroy() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }
}
