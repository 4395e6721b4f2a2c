package io.quotabank.ledger.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.reconciliation.ReconciliationRecord;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.ledger.tail.Tail;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.testkit.TestKafka;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs that go on from where the last one that agreed has ended. */
class IncrementalIT {

    private static final UUID BUYER = UUID.randomUUID();
    private static final UUID OWNER = UUID.randomUUID();

    private static FakeUsageLog log;
    private static Ledger ledger;
    private static ProvenPoint proven;
    private static UUID one;
    private static UUID two;

    @BeforeAll
    static void proveSomethingAndSettleMore() {
        log = new FakeUsageLog();
        var settings = new HashMap<String, Object>(log.settings());
        settings.put("quotabank.earnings.every", "1h");
        settings.put("quotabank.tail.every", "200ms");
        settings.put("quotabank.seal.every", "200ms");
        ledger = Ledger.consuming(settings);
        var people = new People(ledger);
        one = people.lease(BUYER, 100_000, 100_000).leaseId();
        var cap = new SpendingCap(UUID.randomUUID(), 1, new Credits(500_000), null, null);
        two = people.lease(BUYER, cap, 100_000, 100_000).leaseId();
        settle();
        var first = run("");
        assertThat(differing(first)).isEmpty();
        assertThat(first.get("full").asBoolean())
                .as("nothing was proven before")
                .isTrue();
        proven = ledger.bean(ProvenStore.class).point();
        assertThat(proven.isNone()).isFalse();
        settle();
    }

    @AfterAll
    static void stop() {
        ledger.close();
        log.close();
    }

    /**
     * In both leases: in parts, over several attempts, and from the capped one alone. And what applications do, with
     * somebody new.
     */
    private static void settle() {
        long settled = ledger.number("SELECT count(*) FROM settlement") + 2;
        var events = List.of(
                TestUsage.of(BUYER)
                        .cost(70)
                        .from(one, 20)
                        .from(two, 30)
                        .served(OWNER, 20)
                        .served(OWNER, 70)
                        .closed(),
                TestUsage.of(BUYER).cost(20).from(two, 100).served(OWNER, 20).closed());
        new Deeds(ledger).each(UUID.randomUUID());
        UsageTopic.send(events);
        events.forEach(log::take);
        await().until(() -> ledger.number("SELECT count(*) FROM settlement") == settled);
        log.catchUp();
    }

    static Stream<Arguments> lies() {
        return Lies.all();
    }

    /** Though the proof reads no more than what is new, and what is not of transfers. */
    @ParameterizedTest
    @MethodSource("lies")
    void findsALieOf(String proof, String lie) throws SQLException {
        settle();
        var sql = Proofs.from(ledger.bean(ProvenStore.class).point()).get(proof);
        var ofNew = lie.replace("FROM settlement LIMIT", "FROM settlement ORDER BY xact DESC LIMIT");
        try (var owner = ledger.database().connect(ledger.database().owner());
                var statement = owner.createStatement()) {
            owner.setAutoCommit(false);
            assertThat(ReconciliationIT.agrees(statement, sql)).as("before").isTrue();
            statement.execute(ofNew);
            assertThat(ReconciliationIT.agrees(statement, sql))
                    .as("with the lie")
                    .isFalse();
            owner.rollback();
        }
    }

    /** By the planner's word, where it has another way: what has none is read whole however large it is. */
    @Test
    void readsNoTableWholeThatGrowsWithEntries() throws SQLException {
        var point = ledger.bean(ProvenStore.class).point();
        var statements = new HashMap<>(Proofs.from(point));
        statements.put("what is kept", point.fill(Sums.KEEP));
        try (var owner = ledger.database().connect(ledger.database().owner());
                var statement = owner.createStatement()) {
            statement.execute("SET enable_seqscan = off");
            for (var each : statements.entrySet()) {
                assertThat(plan(statement, each.getValue()))
                        .as(each.getKey())
                        .doesNotContainPattern("Seq Scan on (transfer|settlement|consumption|hold|credit_grant|recharge"
                                + "|payment|opening)");
            }
            assertThat(plan(statement, "SELECT sum(amount) FROM credit_grant")).contains("Seq Scan on credit_grant");
        }
    }

    private static String plan(Statement statement, String sql) throws SQLException {
        var plan = new StringJoiner("\n");
        try (var rows = statement.executeQuery("EXPLAIN " + sql)) {
            while (rows.next()) {
                plan.add(rows.getString(1));
            }
        }
        return plan.toString();
    }

    /** What was proven is not read again, but in full; there the seal finds it as well. */
    @Test
    void whatWasProvenIsReadInFullOnly() {
        awaitSealed();
        var old = "WHERE type = 'proxy_usage' AND xact < " + proven.before();
        assertThat(ledger.number("SELECT count(*) FROM transfer " + old)).isEqualTo(2);
        ledger.asOwner("UPDATE transfer SET amount = amount + 1 " + old);
        assertThat(differing(run(""))).isEmpty();
        assertThat(differing(run("?full=true")))
                .contains(
                        "balances_are_sums_of_transfers",
                        "balances_after_follow_each_other",
                        "charges_are_transfers",
                        Reconciliations.SEALED);
        ledger.asOwner("UPDATE transfer SET amount = amount - 1 " + old);
        var full = run("?full=true");
        assertThat(differing(full)).isEmpty();
        assertThat(full.get("full").asBoolean()).isTrue();
    }

    @Test
    void aDifferenceIsFoundByEachRunAndToldUntilItIsGone() {
        settle();
        awaitSealed();
        var lie = "UPDATE transfer SET debit_after = debit_after + 1 WHERE type = 'proxy_usage' AND xact ="
                + " (SELECT max(xact) FROM transfer WHERE type = 'proxy_usage')";
        ledger.asOwner(lie);
        var before = ledger.bean(ProvenStore.class).point();
        var told = new ArrayList<String>();
        for (int i = 0; i < 2; i++) {
            var run = run("");
            assertThat(run.get("full").asBoolean()).isFalse();
            assertThat(differing(run)).contains("balances_after_follow_each_other");
            told.add(run.get("id").asString());
        }
        assertThat(ledger.bean(ProvenStore.class).point().before()).isEqualTo(before.before());
        ledger.asOwner(lie.replace("+ 1", "- 1"));
        var run = run("");
        assertThat(differing(run)).isEmpty();
        assertThat(ledger.bean(ProvenStore.class).point().before()).isGreaterThan(before.before());

        await().untilAsserted(() -> assertThat(events().keySet()).containsAll(told));
        var event = events().get(told.getFirst());
        assertThat(event.differences())
                .anySatisfy(difference -> assertThat(difference.proof()).isEqualTo("balances_after_follow_each_other"));
        assertThat(events()).doesNotContainKey(run.get("id").asString());
    }

    @Test
    void itRunsOnItsScheduleInOneOfTheProcesses() {
        var often = Map.<String, Object>of(
                "quotabank.reconciliation.every", "2s", "quotabank.reconciliation.patience", "100ms");
        try (var scheduled = Ledger.with(often);
                var another = scheduled.another(often)) {
            await().until(() -> scheduled.number("SELECT count(*) FROM reconciliation_run") >= 3);
            assertThat(scheduled.number("SELECT count(*) FROM reconciliation_run WHERE actor <> 'ledger-service'"))
                    .isZero();
            // Two processes that each ran by their own clocks would have begun some within half the time.
            assertThat(
                            another.number(
                                    "SELECT count(*) FROM (SELECT started_at - lag(started_at) OVER (ORDER BY"
                                            + " started_at) AS apart FROM reconciliation_run) AS runs WHERE apart < interval '1 second'"))
                    .isZero();
        }
    }

    // What is changed before it is sealed is sealed as it was changed.
    private static void awaitSealed() {
        await().until(() -> !ledger.bean(Tail.class).cut()
                && ledger.bean(Tail.class).newest()
                        == ledger.number("SELECT coalesce(max(number), -1) FROM seal_block"));
    }

    private static JsonNode run(String query) {
        var run = ledger.call("POST", "/api/ledger/reconciliation" + query, Ledger.proxyToken(), "");
        assertThat(run.status()).as(run.raw().body()).isEqualTo(200);
        return run.body();
    }

    /** Names of proofs that were made and do not agree. */
    private static List<String> differing(JsonNode run) {
        return run.get("proofs")
                .valueStream()
                .filter(proof -> !proof.get("agrees").asBoolean() && !proof.has("unproven"))
                .map(proof -> proof.get("name").asString())
                .toList();
    }

    /** By run. */
    private static Map<String, ReconciliationRecord> events() {
        var found = new HashMap<String, ReconciliationRecord>();
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers()),
                new StringDeserializer(),
                new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(ReconciliationRecord.TOPIC).stream()
                    .map(part -> new TopicPartition(ReconciliationRecord.TOPIC, part.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    assertThat(CloudEventRecords.typeOf(record)).isEqualTo(ReconciliationRecord.TYPE);
                    found.put(record.key(), JsonMapper.shared().readValue(record.value(), ReconciliationRecord.class));
                }
            }
        }
        return found;
    }
}
