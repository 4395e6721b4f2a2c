package io.quotabank.platform.event;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.kafka.config.TopicBuilder;

/** The shapes of topics; the service that owns one declares it as a bean, and missing ones are made at start. */
public final class Topics {

    static final String DEAD_LETTERS = ".dlt";

    private final EventProperties properties;

    Topics(EventProperties properties) {
        this.properties = properties;
    }

    /** Partitioned by key, kept for the broker's retention time. */
    public NewTopic keyed(String name) {
        return TopicBuilder.name(name)
                .partitions(properties.partitions())
                .replicas(properties.replicas())
                .build();
    }

    /** The last record of each key is kept for ever, in one partition so that a follower sees one order. */
    public NewTopic compacted(String name) {
        return TopicBuilder.name(name)
                .partitions(1)
                .replicas(properties.replicas())
                .compact()
                .config(TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, "3600000")
                .build();
    }

    /** The dead-letter twin of a topic that this service consumes. */
    public NewTopic deadLetters(String name) {
        return TopicBuilder.name(deadLetterName(name))
                .partitions(1)
                .replicas(properties.replicas())
                .config(TopicConfig.RETENTION_MS_CONFIG, "-1")
                .build();
    }

    static String deadLetterName(String topic) {
        return topic + DEAD_LETTERS;
    }
}
