package io.quotabank.proxy.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.platform.event.Topics;
import io.quotabank.platform.testkit.TestKafka;
import io.quotabank.proxy.ProxyParts;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import tools.jackson.databind.json.JsonMapper;

/** Price tables as they arrive by {@code catalog.v1}. */
@SpringBootTest
@ContextConfiguration(initializers = ProxyParts.class)
@Import(CatalogIT.Topic.class)
class CatalogIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final long START = 4_000_000_000_000L;

    /** As pool-service makes it. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Topic {
        @Bean
        NewTopic catalogTopicOfPool(Topics topics) {
            return topics.compacted(CatalogRecord.TOPIC);
        }
    }

    @Autowired
    private Catalog catalog;

    @Test
    void holdsATableBackUntilItsStartAndPricesExactlyByIt() throws Exception {
        var later = new BigDecimal("0.123456789012345678");
        send(1, 0, new BigDecimal("0.15"));
        send(2, START, later);

        await().until(() -> catalog.find("m", START)
                .filter(model -> model.priceVersion() == 2)
                .isPresent());

        assertThat(price(START - 1)).isEqualByComparingTo("0.15");
        assertThat(catalog.find("m", START - 1).orElseThrow().priceVersion()).isEqualTo(1);
        assertThat(price(START)).isEqualByComparingTo(later);
    }

    private BigDecimal price(long nowMs) {
        return catalog.find("m", nowMs).orElseThrow().model().price().input();
    }

    private static void send(long version, long validFromMs, BigDecimal input) throws Exception {
        var model = TestCatalog.model("m");
        var price = new CatalogRecord.Price(input, BigDecimal.ONE, null, null, null, null);
        var table = new CatalogRecord(
                version,
                validFromMs,
                Map.of("bronze", 13_000),
                List.of(new CatalogRecord.Model(
                        "m",
                        "m",
                        "o",
                        model.providers(),
                        Map.of(),
                        model.tokenizer(),
                        1_000,
                        100,
                        List.of("text"),
                        price)));
        var settings = Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
            var record =
                    new ProducerRecord<>(CatalogRecord.TOPIC, Long.toString(version), JSON.writeValueAsBytes(table));
            producer.send(record).get();
        }
    }
}
