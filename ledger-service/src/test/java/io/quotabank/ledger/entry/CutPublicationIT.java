package io.quotabank.ledger.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.grant.GrantRecord;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.KafkaProxy;
import io.quotabank.ledger.KafkaProxy.Cut;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Published;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.platform.testkit.TestKafka;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

/** The broker is cut off while the ledger publishes: its entries by themselves, what is given by the outbox. */
class CutPublicationIT {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int PEOPLE = 4;
    private static final int ROUNDS = 60;
    private static final KafkaProxy PROXY = KafkaProxy.to(TestKafka.bootstrapServers());
    private static final Predicate<String> OF_ENTRIES = client -> client.endsWith("-entries");

    private static final Ledger LEDGER = Ledger.with(Map.ofEntries(
            Map.entry("spring.kafka.bootstrap-servers", PROXY.bootstrapServers()),
            Map.entry("quotabank.tail.every", "50ms"),
            Map.entry("quotabank.entry.every", "50ms"),
            Map.entry("quotabank.entry.most-in-flight", "100"),
            Map.entry("spring.kafka.producer.properties[request.timeout.ms]", "1000"),
            // The outbox gives an event up to its next try after this time.
            Map.entry("spring.kafka.producer.properties[delivery.timeout.ms]", "2000"),
            Map.entry("quotabank.kafka.resubmit-every", "200ms")));

    private static final Set<UUID> EVERYBODY = new HashSet<>();

    private final List<UUID> people =
            IntStream.range(0, PEOPLE).mapToObj(i -> UUID.randomUUID()).toList();

    @AfterAll
    static void close() {
        LEDGER.close();
        PROXY.close();
    }

    @ParameterizedTest
    @EnumSource
    void entriesArriveInOrderWithoutAGap(Cut cut) {
        give("before");
        var happened = PROXY.cut(cut, ApiKeys.PRODUCE, OF_ENTRIES);

        give("after");

        await().atMost(LONG).until(happened::isDone);
        allArrived();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsGivenIsToldByTheOutbox(Cut cut) {
        var happened = PROXY.cut(cut, ApiKeys.PRODUCE, OF_ENTRIES.negate());

        give("told");

        await().atMost(LONG).until(happened::isDone);
        allArrived();
    }

    /** Longer than the outbox waits for the broker; while a window is on its way. */
    @Test
    void aBrokerThatIsAwayForAWhile() {
        give("before");
        PROXY.refuse(true);
        give("meanwhile");
        await().atMost(LONG)
                .until(() -> LEDGER.number("SELECT count(*) FROM event_publication WHERE status = 'FAILED'") > 0);
        assertThat(LEDGER.bean(Entries.class).behind()).isPositive();
        PROXY.refuse(false);
        give("after");
        allArrived();
    }

    private void give(String name) {
        var grants = LEDGER.bean(Grants.class);
        for (int i = 0; i < ROUNDS; i++) {
            for (var person : people) {
                var key = name + i + person;
                grants.give(grants.welcome(person), Gift.of(key, Origin.CODE, new Credits(1), null));
            }
        }
        EVERYBODY.addAll(people);
    }

    private void allArrived() {
        await().atMost(LONG).until(() -> LEDGER.bean(Entries.class).behind() == 0);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(EntriesTopic.arrivedInOrder(LEDGER, EVERYBODY))
                        .isEqualTo(EVERYBODY.size()));
        await().atMost(LONG).until(() -> LEDGER.number("SELECT count(*) FROM event_publication") == 0);
        var told = new HashSet<UUID>();
        for (var record : Published.on(GrantRecord.TOPIC)) {
            var grant = JsonMapper.shared().readValue(record.value(), GrantRecord.class);
            if (EVERYBODY.contains(grant.userId())) {
                told.add(grant.transferId());
            }
        }
        assertThat(told).hasSize((int) LEDGER.number("SELECT count(*) FROM credit_grant"));
        assertThat(LEDGER.differences()).isEmpty();
    }
}
