package io.quotabank.proxy.catalog;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.platform.event.CompactedTopic;
import io.quotabank.platform.event.CompactedTopics;
import java.time.Clock;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class CatalogConfiguration {

    @Bean
    Catalog catalog() {
        return new Catalog();
    }

    @Bean
    CompactedTopic catalogTopic(CompactedTopics topics, Catalog catalog, Clock clock) {
        return topics.follow(CatalogRecord.TOPIC, CatalogRecord.class, record -> catalog.put(record, clock.millis()));
    }

    // Details only: an empty catalogue is answered by "model not found", it is no reason to be out of service.
    @Bean
    HealthIndicator catalogHealthIndicator(Catalog catalog, Clock clock) {
        return () -> Health.up()
                .withDetail("models", catalog.models(clock.millis()).size())
                .build();
    }
}
