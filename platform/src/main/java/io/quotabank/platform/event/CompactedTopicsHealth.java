package io.quotabank.platform.event;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Down until every followed topic has been read to its end once: before that the service knows too little. */
record CompactedTopicsHealth(ObjectProvider<CompactedTopic> topics) implements HealthIndicator {

    @Override
    public Health health() {
        var health = Health.up();
        topics.stream().forEach(topic -> {
            if (!topic.caughtUp()) {
                health.down();
            }
            health.withDetail(topic.name(), topic.caughtUp() ? "caught up" : "reading");
        });
        return health.build();
    }
}
