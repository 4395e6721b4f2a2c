package io.quotabank.pool.catalog;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.platform.event.Outbound;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

@Configuration(proxyBeanMethods = false)
class CatalogConfiguration {

    @Bean
    NewTopic catalogTopic(Topics topics) {
        return topics.compacted(CatalogRecord.TOPIC);
    }

    @Bean
    Outbound<CatalogRecord> catalogRecords() {
        return new Outbound<>(
                CatalogRecord.class,
                CatalogRecord.TOPIC,
                CatalogRecord.TYPE,
                record -> Long.toString(record.version()));
    }

    /** Before the service says that it is ready, and before anything asks for a model. */
    @Bean
    @Order(0)
    ApplicationRunner catalogAtStart(Catalog catalog) {
        return arguments -> catalog.load();
    }
}
