package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.KafkaProxy;
import io.quotabank.ledger.KafkaProxy.Cut;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.testkit.TestKafka;
import io.quotabank.platform.testkit.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The broker is cut off: while events are fetched, in the middle of a batch, before its offsets are committed, after it; for
 * a while; or until another process has the partitions. Each event is settled once.
 */
class CutBrokerIT {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final TestPostgres.Database DATABASE = TestPostgres.fresh("ledger");
    private static final KafkaProxy PROXY = KafkaProxy.to(TestKafka.bootstrapServers());

    /** A batch waits as long as its test holds it up. */
    private static final Map<String, Object> SETTINGS = Map.of(
            "quotabank.settlement.batch", "100",
            "spring.kafka.consumer.properties[session.timeout.ms]", "6000",
            "spring.kafka.consumer.properties[heartbeat.interval.ms]", "500",
            "spring.datasource.hikari.data-source-properties.options", "-c lock_timeout=60000");

    private static final Ledger LEDGER = Ledger.consumingOn(DATABASE, cutOff());

    private static Map<String, Object> cutOff() {
        var settings = new HashMap<String, Object>(SETTINGS);
        settings.put("spring.kafka.bootstrap-servers", PROXY.bootstrapServers());
        return settings;
    }

    private final Served served = new Served(LEDGER);

    @AfterAll
    static void close() {
        LEDGER.close();
        PROXY.close();
    }

    @ParameterizedTest
    @CsvSource({
        "OFFSET_COMMIT, BEFORE_REQUEST",
        "OFFSET_COMMIT, AFTER_REQUEST",
        "OFFSET_COMMIT, IN_ANSWER",
        "FETCH, BEFORE_REQUEST",
        "FETCH, AFTER_REQUEST",
        "FETCH, IN_ANSWER",
        "HEARTBEAT, AFTER_REQUEST"
    })
    void eachEventIsSettledOnceThoughTheConnectionIsCut(ApiKeys request, Cut cut) {
        var events = served.events();
        var happened = PROXY.cut(cut, request);

        UsageTopic.send(events);

        await().atMost(LONG).until(happened::isDone);
        served.awaitEachOnce();
    }

    @Test
    void allConnectionsAreCutInTheMiddleOfABatch() throws SQLException {
        var events = served.events();
        try (var obstacle = new Obstacle()) {
            UsageTopic.send(events);
            obstacle.awaitBatches(1);
            PROXY.cutAll();
        }
        served.awaitEachOnce();
    }

    @Test
    void aBrokerThatIsAwayForAWhileInTheMiddleOfABatch() throws SQLException {
        var events = served.events();
        try (var obstacle = new Obstacle()) {
            UsageTopic.send(events);
            obstacle.awaitBatches(1);
            PROXY.refuse(true);
        }
        // The one that was under way is booked, and nobody can be told so; leases and credits need no broker.
        await().atMost(LONG).until(() -> served.settled() >= 1);
        assertThat(new People(LEDGER).lease(UUID.randomUUID(), 1, 1).granted()).isNotNull();
        PROXY.refuse(false);

        served.awaitEachOnce();
    }

    @Test
    void partitionsAreWantedByAnotherProcessInTheMiddleOfABatch() throws SQLException {
        var events = served.events();
        try (var obstacle = new Obstacle()) {
            UsageTopic.send(events);
            obstacle.awaitBatches(1);
            try (var other = LEDGER.another(SETTINGS)) {
                await().atMost(LONG).until(() -> state() == GroupState.PREPARING_REBALANCE);
                obstacle.close();
                served.awaitEachOnce();
                assertThat(other.differences()).isEmpty();
            }
        }
    }

    /** The one that was cut off still works at events which the other one has got by then. */
    @Test
    void partitionsAreTakenOverByAnotherProcessInTheMiddleOfABatch() throws SQLException {
        var events = served.events();
        try (var obstacle = new Obstacle()) {
            UsageTopic.send(events);
            obstacle.awaitBatches(1);
            PROXY.refuse(true);
            try (var other = LEDGER.another(SETTINGS)) {
                obstacle.awaitBatches(2);
                obstacle.close();
                served.awaitEachOnce();
                PROXY.refuse(false);
                UsageTopic.send(events);
                var more = served.events();
                UsageTopic.send(more);
                await().atMost(LONG).until(() -> served.settled() == 2 * Served.EVENTS);
                assertThat(other.differences()).isEmpty();
            }
        } finally {
            PROXY.refuse(false);
        }
    }

    /** Somebody who has the buyer's row: whoever settles waits. */
    private final class Obstacle implements AutoCloseable {

        private static final String WAITING = """
                SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
                """;

        private final Connection connection = DATABASE.connect(DATABASE.owner());

        Obstacle() throws SQLException {
            connection.setAutoCommit(false);
            try (var lock = connection.prepareStatement("SELECT FROM account WHERE code = ? FOR UPDATE")) {
                lock.setString(1, "user:" + served.user());
                lock.execute();
            }
        }

        void awaitBatches(int waiting) {
            await().atMost(LONG).until(() -> LEDGER.number(WAITING) >= waiting);
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    private static GroupState state() throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            return admin.describeConsumerGroups(List.of(LEDGER.group()))
                    .all()
                    .get()
                    .get(LEDGER.group())
                    .groupState();
        }
    }
}
