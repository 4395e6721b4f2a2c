package io.quotabank.ledger.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Settlement against the events themselves, as the usage log has read them from the same topic. */
class UsageEventsIT {

    private static final String PATH = "/api/ledger/reconciliation";

    private static FakeUsageLog log;
    private static Ledger ledger;
    private static People people;

    private final UUID buyer = UUID.randomUUID();
    private final UUID owner = UUID.randomUUID();

    @BeforeAll
    static void start() {
        log = new FakeUsageLog();
        ledger = Ledger.consuming(log.settings());
        people = new People(ledger);
    }

    @AfterAll
    static void stop() {
        ledger.close();
        log.close();
    }

    @BeforeEach
    void settleSomethingThatBothHave() {
        // Five hundred are served, the buyer pays four, and the hold has three of them.
        var lease = people.lease(buyer, 300, 300).leaseId();
        var event = TestUsage.of(buyer)
                .cost(400)
                .from(lease, 300)
                .served(owner, 100)
                .served(owner, 400)
                .closed();
        people.settled(event);
        log.take(event);
        log.catchUp();
    }

    @AfterEach
    void agreesAgain() {
        log.catchUp();
        assertThat(proof().get("agrees").asBoolean()).as(proof().toString()).isTrue();
    }

    @Test
    void agreesWhereEveryEventIsChargedOrLost() {
        var run = run(ledger);
        assertThat(run.get("agrees").asBoolean()).as(run.toString()).isTrue();
        var proof = proof();
        assertThat(proof.get("actual").asLong())
                .isPositive()
                .isEqualTo(ledger.number("SELECT sum(charge + loss)::bigint FROM settlement"));
        assertThat(proof.get("expected")).isEqualTo(proof.get("actual"));
        assertThat(proof.has("unproven")).isFalse();
    }

    @Test
    void findsAnEventThatWasLostBeforeItWasSettled() {
        var lost = event(70);
        log.take(lost);

        var proof = proof();
        assertThat(proof.get("agrees").asBoolean()).isFalse();
        assertThat(proof.has("unproven")).isFalse();
        assertThat(proof.get("differing").asLong()).isOne();
        assertThat(proof.get("expected").asLong() - proof.get("actual").asLong())
                .isEqualTo(70);
        assertThat(proof.get("examples").get(0).asString())
                .startsWith(lost.requestId() + " costs 70 and is not settled");
        assertThat(ledger.differences()).hasSize(1);
        log.forget(lost);
    }

    @Test
    void findsAnOldRequestAndOneFromAClockFarAhead() {
        var old = new UUID(0x0000_0000_0001_7000L, 0x8000_0000_0000_0001L);
        var far = new UUID(0x7fff_ffff_ffff_7000L, 0x8000_0000_0000_0002L);
        var lost = List.of(
                TestUsage.of(buyer).request(old).served(owner, 1).closed(),
                TestUsage.of(buyer).request(far).served(owner, 2).closed());
        lost.forEach(log::take);

        assertThat(proof().get("differing").asLong()).isEqualTo(2);
        lost.forEach(log::forget);
    }

    @Test
    void findsASettledRequestThatNoEventIsKnownOf() {
        var event = event(30);
        people.settled(event);
        log.catchUp();

        var proof = proof();
        assertThat(proof.get("agrees").asBoolean()).isFalse();
        assertThat(proof.get("examples").get(0).asString()).startsWith(event.requestId() + " is settled");
        log.take(event);
    }

    @Test
    void findsARequestThatWasSettledAtAnotherCostThoughAllSumsAreEqual() {
        var one = event(50);
        var other = event(60);
        people.settled(one);
        people.settled(other);
        log.take(TestUsage.of(buyer).request(one.requestId()).served(owner, 60).closed());
        log.take(
                TestUsage.of(buyer).request(other.requestId()).served(owner, 50).closed());
        log.catchUp();

        var proof = proof();
        assertThat(proof.get("expected")).isEqualTo(proof.get("actual"));
        assertThat(proof.get("differing").asLong()).isEqualTo(2);
        assertThat(proof.get("agrees").asBoolean()).isFalse();
        log.take(one);
        log.take(other);
    }

    @Test
    void listsAnEventThatWasPutAsideWithItsReason() {
        var broken = TestUsage.of(buyer).cost(10).served(owner, 9).closed();
        UsageTopic.send(broken);
        log.take(broken);
        log.catchUp();

        var proof = proof();
        assertThat(proof.get("agrees").asBoolean()).isFalse();
        assertThat(proof.get("examples").get(0).asString())
                .startsWith(broken.requestId().toString())
                .endsWith("put aside: ledger-service, what was served is below its cost");
        log.forget(broken);
    }

    @Test
    void doesNotTakeAnEventThatIsOnItsWayForALostOne() {
        var early = event(70);
        log.take(early);
        log.beforeListing(() -> {
            UsageTopic.send(early);
            log.catchUp();
        });
        assertThat(proof().get("agrees").asBoolean()).isTrue();

        var late = event(80);
        people.settled(late);
        log.catchUp();
        log.beforeListing(() -> log.take(late));
        assertThat(proof().get("agrees").asBoolean()).isTrue();
    }

    @Test
    void provesNothingWhileTheUsageLogIsAway() {
        var settings = new HashMap<>(log.settings());
        settings.replaceAll((name, value) -> name.endsWith("uri") ? "http://127.0.0.1:9" : value);
        settings.put("quotabank.settlement.start", "false");
        try (var lonely = ledger.another(settings)) {
            var run = run(lonely);
            assertThat(run.get("agrees").asBoolean()).isFalse();
            assertThat(proofOf(run).get("unproven").asString()).isEqualTo("the usage log is away");
            assertThat(lonely.call("GET", PATH, Ledger.proxyToken(), "").body()).isEqualTo(run);
            assertThat(lonely.differences()).isEmpty();
            assertThat(lonely.call("GET", "/actuator/prometheus", null, "")
                            .raw()
                            .body())
                    .containsPattern("ledger_reconciliation_unproven\\{[^}]*} 1.0")
                    .containsPattern("ledger_reconciliation_differences\\{[^}]*} 0.0");
        }
    }

    /** As the credit system of another application, which has no usage events. */
    @Test
    void aLedgerThatHasNoUsageLogProvesEverythingElse() {
        try (var alone = Ledger.with(Map.of("quotabank.reconciliation.usage-log", "false"))) {
            new Deeds(alone).each(UUID.randomUUID());
            var run = run(alone);
            assertThat(run.get("agrees").asBoolean()).as(run.toString()).isTrue();
            assertThat(run.get("proofs")
                            .valueStream()
                            .map(proof -> proof.get("name").asString()))
                    .doesNotContain(UsageEventsProof.NAME)
                    .containsAll(Proofs.ALL.keySet());
            assertThat(alone.call("GET", "/actuator/prometheus", null, "").raw().body())
                    .containsPattern("ledger_reconciliation_unproven\\{[^}]*} 0.0")
                    .containsPattern("ledger_reconciliation_differences\\{[^}]*} 0.0");
        }
    }

    @Test
    void provesNothingWhileTheUsageLogHasNotReadWhatIsThere() {
        var settings = new HashMap<>(log.settings());
        settings.put("quotabank.settlement.start", "false");
        settings.put("quotabank.reconciliation.patience", "200ms");
        var event = event(5);
        people.settled(event);
        try (var hasty = ledger.another(settings)) {
            assertThat(proofOf(run(hasty)).get("unproven").asString())
                    .startsWith("usage-log-")
                    .endsWith("has not read all usage events yet");
        }
        log.take(event);
    }

    private Closed event(long micro) {
        return TestUsage.of(buyer).cost(micro).served(owner, micro).closed();
    }

    private static JsonNode proof() {
        return proofOf(run(ledger));
    }

    private static JsonNode run(Ledger which) {
        return which.call("POST", PATH + "?full=true", Ledger.proxyToken(), "").body();
    }

    private static JsonNode proofOf(JsonNode run) {
        return run.get("proofs")
                .valueStream()
                .filter(proof -> proof.get("name").asString().equals(UsageEventsProof.NAME))
                .findFirst()
                .orElseThrow();
    }
}
