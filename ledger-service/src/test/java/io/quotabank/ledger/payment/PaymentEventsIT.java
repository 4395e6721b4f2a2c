package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.payment.PaymentRecord;
import io.quotabank.platform.testkit.TestKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What others hear of payments, by the outbox. */
class PaymentEventsIT {

    private static final Shop SHOP = Shop.shared();

    private final UUID buyer = UUID.randomUUID();

    @Test
    void whatBecomesOfAPaymentIsToldOnceEachUnderItsBuyer() {
        var order = SHOP.order(buyer, "stripe");
        var paid = SHOP.pay(order);
        SHOP.deliver(paid, "{\"times\":3}");
        SHOP.spend(buyer, 1_700);
        SHOP.dispute(order, "{\"status\":\"open\"}");
        SHOP.dispute(order, "{\"status\":\"won\"}");

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(told().stream()
                                .map(record -> record.kind() + " " + record.credits() + " " + record.owed())
                                .toList())
                        .containsExactlyInAnyOrder("BOOKED 1200 0", "TAKEN 1200 1180", "RESTORED 1200 0"));
        assertThat(told()).allSatisfy(record -> {
            assertThat(record.orderId()).isEqualTo(order.id());
            assertThat(record.userId()).isEqualTo(buyer);
            assertThat(record.amountFen()).isEqualTo(10_000);
            assertThat(record.provider()).isEqualTo("stripe");
        });
    }

    private List<PaymentRecord> told() {
        var settings = Map.<String, Object>of("bootstrap.servers", TestKafka.bootstrapServers());
        var found = new ArrayList<PaymentRecord>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(PaymentRecord.TOPIC).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (buyer.toString().equals(record.key())) {
                        found.add(JsonMapper.shared().readValue(record.value(), PaymentRecord.class));
                    }
                });
            }
        }
        return found;
    }
}
