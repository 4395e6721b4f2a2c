package io.quotabank.ledger.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.grant.GrantRecord;
import io.quotabank.contracts.grant.GrantRecord.Kind;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.payment.Paying;
import io.quotabank.ledger.paymentprovider.PaymentProvider.DisputeState;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.testkit.TestKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class GrantEventsIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final long FEN = 10_000;

    private final UUID person = UUID.randomUUID();

    @Test
    void everyGiftAndEveryExpiryIsToldByItsEntry() {
        var grants = LEDGER.bean(Grants.class);
        var account = grants.welcome(person);
        var expires = Instant.now().plusMillis(400);
        var id = grants.give(account, Gift.of("e" + person, Origin.CODE, Credits.of(7), expires))
                .orElseThrow();
        var told = told(3);
        assertThat(told).extracting(GrantRecord::kind).containsExactly(Kind.GIVEN, Kind.GIVEN, Kind.EXPIRED);
        assertThat(told).extracting(GrantRecord::origin).containsExactly("signup", "code", "code");
        assertThat(told.get(1).grantId()).isEqualTo(id);
        assertThat(told.get(1).expiresAtMs()).isEqualTo(expires.toEpochMilli());
        assertThat(told.get(2).grantId()).isEqualTo(id);
        assertThat(told.get(2).amount()).isEqualTo(Credits.of(7));
        for (var event : told) {
            assertThat(LEDGER.number(
                            "SELECT amount FROM transfer WHERE id = ? AND ? IN (debit, credit)",
                            event.transferId(),
                            account.value()))
                    .isEqualTo(event.amount().micro());
        }
        await().until(() ->
                LEDGER.number("SELECT count(*) FROM event_publication WHERE serialized_event LIKE '%" + person + "%'")
                        == 0);
    }

    @Test
    void whatIsNotBookedIsNotTold() {
        var grants = LEDGER.bean(Grants.class);
        var account = grants.welcome(person);
        var gift = Gift.of("f" + person, Origin.CODE, Credits.of(7), null);
        assertThat(grants.give(account, gift)).isPresent();
        assertThat(grants.give(account, gift)).isEmpty();
        await().until(() -> LEDGER.number("SELECT count(*) FROM event_publication") == 0);
        assertThat(told(2)).extracting(GrantRecord::transferId).doesNotHaveDuplicates();
    }

    /** The gift of an invitation, whose recharge is disputed for a while. */
    @Test
    void aGiftThatComesAgainIsToldAgain() {
        People.invite(LEDGER, UUID.randomUUID(), person);
        var order = Paying.paid(LEDGER, person, FEN, Credits.of(1_000));
        Paying.dispute(LEDGER, order, FEN, DisputeState.OPEN);
        Paying.dispute(LEDGER, order, FEN, DisputeState.WON);

        var told = told(4);

        assertThat(told)
                .extracting(GrantRecord::kind)
                .containsExactly(Kind.GIVEN, Kind.GIVEN, Kind.EXPIRED, Kind.GIVEN);
        var given = told.get(1);
        var again = told.get(3);
        assertThat(again.origin()).isEqualTo("invitation");
        assertThat(again.amount()).isEqualTo(given.amount());
        assertThat(again.expiresAtMs()).isEqualTo(given.expiresAtMs());
        assertThat(told.subList(1, 4)).extracting(GrantRecord::grantId).containsOnly(given.grantId());
        assertThat(LEDGER.number(
                        "SELECT amount FROM transfer WHERE id = ? AND type = 'bonus_restored'", again.transferId()))
                .isEqualTo(again.amount().micro());
    }

    /** What is told of the person, in the order of its times; waits until it is so many. */
    private List<GrantRecord> told(int number) {
        var told = new ArrayList<GrantRecord>();
        try (var consumer = consumer()) {
            await().until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.key().equals(person.toString())) {
                        assertThat(CloudEventRecords.typeOf(record)).isEqualTo(GrantRecord.TYPE);
                        told.add(JsonMapper.shared().readValue(record.value(), GrantRecord.class));
                    }
                });
                return told.size() >= number;
            });
        }
        told.sort(Comparator.comparingLong(GrantRecord::atMs));
        return told;
    }

    private static KafkaConsumer<String, byte[]> consumer() {
        var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", TestKafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> all = IntStream.range(0, Ledger.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(GrantRecord.TOPIC, partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        return consumer;
    }
}
