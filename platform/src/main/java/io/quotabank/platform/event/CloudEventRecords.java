package io.quotabank.platform.event;

import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Records in CloudEvents 1.0 binary mode with JSON data. */
public final class CloudEventRecords {

    private static final String TYPE_HEADER = "ce_type";

    private final URI source;
    private final Clock clock;

    public CloudEventRecords(String service, Clock clock) {
        this.source = URI.create("/" + service);
        this.clock = clock;
    }

    /**
     * The record's id is computed from its content, so that one that is sent again is known as the same.
     *
     * @param json the data, UTF-8
     */
    public ProducerRecord<String, byte[]> record(String topic, String key, String type, byte[] json) {
        var event = CloudEventBuilder.v1()
                .withId(UUID.nameUUIDFromBytes(json).toString())
                .withSource(source)
                .withType(type)
                .withTime(clock.instant().atOffset(ZoneOffset.UTC))
                .withData("application/json", json)
                .build();
        return KafkaMessageFactory.<String>createWriter(topic, key).writeBinary(event);
    }

    /** The CloudEvents type of a consumed record; empty where it has none. */
    public static String typeOf(ConsumerRecord<?, ?> record) {
        var header = record.headers().lastHeader(TYPE_HEADER);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
