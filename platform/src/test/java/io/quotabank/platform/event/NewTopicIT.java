package io.quotabank.platform.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.platform.testkit.TestKafka;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** What is sent to a topic that was made this moment arrives, and in its order. */
class NewTopicIT {

    private static final String DEFAULTS = "/io/quotabank/platform/settings/platform-defaults.properties";
    private static final String OF_PRODUCERS = "spring.kafka.producer.properties[";
    private static final int TOPICS = 20;
    private static final int PARTITIONS = 12;
    private static final int RECORDS = 50 * PARTITIONS;
    // As many batches as can be.
    private static final byte[] LARGE = new byte[10_000];

    @Test
    void theFirstBatchOfAPartitionIsNotOvertaken() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            for (int i = 0; i < TOPICS; i++) {
                var topic = "new-" + UUID.randomUUID();
                admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)));
                send(topic);
                admin.deleteTopics(List.of(topic)).all().get();
            }
        }
    }

    private static void send(String topic) throws Exception {
        var sent = new ArrayList<Future<RecordMetadata>>();
        try (var producer = new KafkaProducer<>(settings(), new StringSerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % PARTITIONS, "key", LARGE)));
            }
        }
        for (int i = 0; i < RECORDS; i++) {
            assertThat(sent.get(i).get(0, TimeUnit.SECONDS).offset()).isEqualTo(i / PARTITIONS);
        }
    }

    private static Map<String, Object> settings() throws IOException {
        var defaults = new Properties();
        try (var file = NewTopicIT.class.getResourceAsStream(DEFAULTS)) {
            defaults.load(file);
        }
        var settings =
                new HashMap<String, Object>(Map.of("bootstrap.servers", TestKafka.bootstrapServers(), "acks", "all"));
        for (var name : defaults.stringPropertyNames()) {
            if (name.startsWith(OF_PRODUCERS)) {
                settings.put(name.substring(OF_PRODUCERS.length(), name.length() - 1), defaults.getProperty(name));
            }
        }
        settings.put("max.block.ms", "10000");
        return settings;
    }
}
