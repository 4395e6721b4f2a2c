package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.charge.LedgerCharges.Charge;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.settlement.Settlements.Summary;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Batches without the topic that they come by: what is booked, and what is kept of it. */
class SettlementsIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final int PARTITION = 5;
    private static final long OFFSET = 77;

    private final People people = new People(LEDGER);
    private final UUID buyer = UUID.randomUUID();
    private final UUID owner = UUID.randomUUID();
    private final UUID lease = people.lease(buyer, 1_000, 1_000).leaseId();

    @Test
    void whatIsKeptOfARequestIsAllThatWasDecided() {
        var event = TestUsage.of(buyer)
                .cost(101)
                .from(lease, 200)
                .served(owner, 101)
                .closed();
        assertThat(settle(event)).isEqualTo(new Summary(1, 0, 0, Credits.ZERO));

        var usage = Usage.of(event, PARTITION, OFFSET);
        assertThat(LEDGER.jdbc().queryForMap("SELECT * FROM settlement WHERE request = ?", event.requestId()))
                .containsEntry("digest", usage.digest())
                .containsEntry("cost", 101L)
                .containsEntry("served", 101L)
                .containsEntry("charge", 101L)
                .containsEntry("loss", 0L)
                .containsEntry("owners_part", 95L)
                .containsEntry("platform_part", 6L)
                .containsEntry("hold", lease)
                .containsEntry("key", event.attempts().getFirst().keyId())
                .containsEntry("owner", owner)
                .containsEntry("attempts", 1)
                .containsEntry("fundings", 1)
                .containsEntry("model", "gpt-4o-mini")
                .containsEntry("price_version", event.priceVersion())
                .containsEntry("markup_bp", 13_000)
                .containsEntry("input_tokens", 100L)
                .containsEntry("output_tokens", 20L)
                .containsEntry("outcome", "completed")
                .containsEntry("topic_partition", PARTITION)
                .containsEntry("topic_offset", OFFSET);
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 101);
        assertThat(people.held(buyer)).isEqualTo(899);
        assertThat(people.earned(owner)).isEqualTo(95);
        assertThat(LEDGER.number("SELECT settled FROM hold WHERE id = ?", lease))
                .isEqualTo(101);
        for (var table : List.of("settlement_attempt", "settlement_funding")) {
            assertThat(LEDGER.number("SELECT count(*) FROM " + table + " WHERE request = ?", event.requestId()))
                    .as("one of each is in the settlement's own row")
                    .isZero();
        }
        assertThat(LEDGER.bean(SettlementStore.class).charges(List.of(event.requestId(), UUID.randomUUID())))
                .containsExactly(new Charge(event.requestId(), new Credits(101)));
    }

    @Test
    void aBatchGathersInTheAccountsOfTheLowestOfItsPartitions() {
        var later = Usage.of(TestUsage.of(buyer).served(owner, 20).closed(), PARTITION + 1, OFFSET);
        var usage = Usage.of(TestUsage.of(buyer).served(owner, 20).closed(), PARTITION, OFFSET);
        LEDGER.bean(Settlements.class).settle(List.of(later, usage));
        assertThat(LEDGER.jdbc().queryForList("""
                                SELECT a.code || ' ' || e.amount FROM entry e JOIN account a ON a.id = e.account
                                WHERE a.person = ? AND e.type = 'proxy_accrual'""", String.class, owner))
                .containsExactly("earnings:" + owner + ":p05 38");
    }

    @Test
    void severalAttemptsAndHoldsOfARequestAreKeptInTheirOrder() {
        var second = people.lease(buyer, 50, 50).leaseId();
        var event = TestUsage.of(buyer)
                .cost(60)
                .from(lease, 40)
                .from(second, 30)
                .served(owner, 20)
                .attempt(null, 0, 60)
                .closed();
        assertThat(settle(event)).isEqualTo(new Summary(1, 0, 0, new Credits(20)));

        assertThat(rows(
                        "position || ' ' || key || ' ' || coalesce(owner::text, '-') || ' ' || owner_bp || ' ' || served"
                                + " || ' ' || owner_part FROM settlement_attempt",
                        event))
                .containsExactly(
                        "0 " + event.attempts().get(0).keyId() + " " + owner + " 9500 20 19",
                        "1 " + event.attempts().get(1).keyId() + " - 0 60 0");
        assertThat(rows("position || ' ' || hold || ' ' || at_most || ' ' || charge FROM settlement_funding", event))
                .containsExactly("0 " + lease + " 40 40", "1 " + second + " 30 20");
        assertThat(LEDGER.jdbc().queryForMap("SELECT * FROM settlement WHERE request = ?", event.requestId()))
                .containsEntry("hold", lease)
                .containsEntry("key", event.attempts().get(1).keyId())
                .containsEntry("owner", null)
                .containsEntry("loss", 20L);
    }

    @Test
    void nothingToSettleIsNothing() {
        assertThat(settle()).isEqualTo(new Summary(0, 0, 0, Credits.ZERO));
        var free = TestUsage.of(buyer).outcome(Outcome.ABANDONED).closed();
        assertThat(settle(free)).isEqualTo(new Summary(1, 0, 0, Credits.ZERO));
        assertThat(LEDGER.jdbc().queryForMap("SELECT * FROM settlement WHERE request = ?", free.requestId()))
                .containsEntry("hold", null)
                .containsEntry("key", null)
                .containsEntry("charge", 0L);
    }

    @Test
    void theSameRecordAgainChangesNothingInItsBatchAndLater() {
        var event = TestUsage.of(buyer)
                .cost(100)
                .from(lease, 100)
                .served(owner, 100)
                .closed();
        assertThat(settle(event, event)).isEqualTo(new Summary(1, 1, 0, Credits.ZERO));
        assertThat(settle(event)).isEqualTo(new Summary(0, 1, 0, Credits.ZERO));
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 100);
        assertThat(people.earned(owner)).isEqualTo(95);
    }

    @Test
    void aFurtherRecordPaysEachOwnerWhatItHasBeyondAllBeforeAndOnce() {
        var request = TestUsage.IDS.next();
        var other = UUID.randomUUID();
        settle(record(request, 40, 20));
        var more = TestUsage.of(buyer)
                .request(request)
                .cost(100)
                .from(lease, 100)
                .served(owner, 100)
                .served(other, 60)
                .closed();
        assertThat(settle(more)).isEqualTo(new Summary(0, 0, 1, new Credits(57 + 57)));
        assertThat(settle(more)).as("known by its digest").isEqualTo(new Summary(0, 0, 1, Credits.ZERO));
        assertThat(settle(record(request, 40, 10))).isEqualTo(new Summary(0, 0, 1, Credits.ZERO));

        assertThat(people.earned(owner)).isEqualTo(95);
        assertThat(people.earned(other)).isEqualTo(57);
        assertThat(people.posted(buyer)).as("as the first record said").isEqualTo(People.SIGN_UP - 20);
        assertThat(LEDGER.jdbc()
                        .queryForMap(
                                "SELECT * FROM settlement_correction WHERE request = ? AND digest = ?",
                                request,
                                Usage.of(more, PARTITION, OFFSET).digest()))
                .containsEntry("cost", 100L)
                .containsEntry("served", 160L)
                .containsEntry("loss", 114L)
                .containsEntry("owners_part", 114L)
                .containsEntry("outcome", "completed")
                .containsEntry("topic_partition", PARTITION)
                .containsEntry("topic_offset", OFFSET);
        assertThat(LEDGER.jdbc()
                        .queryForList(
                                "SELECT part FROM settlement_correction_part WHERE request = ? AND owner = ?",
                                Long.class,
                                request,
                                other))
                .containsExactly(57L);
    }

    @Test
    void aRequestOfAnotherUserIsRefusedWithAllOfItsBatch() {
        var request = TestUsage.IDS.next();
        settle(record(request, 40, 40));
        var stolen = TestUsage.of(UUID.randomUUID()).request(request).closed();
        var good = record(TestUsage.IDS.next(), 10, 10);
        assertThatThrownBy(() -> settle(good, stolen))
                .isInstanceOf(BrokenRuleException.class)
                .hasMessage("its request was settled for another user");
        assertThat(people.settlements(good.requestId())).isZero();
        assertThat(people.posted(buyer)).isEqualTo(People.SIGN_UP - 40);
    }

    private Closed record(UUID request, long served, long cost) {
        return TestUsage.of(buyer)
                .request(request)
                .cost(cost)
                .from(lease, 100)
                .served(owner, served)
                .closed();
    }

    private static Summary settle(Closed... batch) {
        return LEDGER.bean(Settlements.class)
                .settle(Stream.of(batch)
                        .map(event -> Usage.of(event, PARTITION, OFFSET))
                        .toList());
    }

    private static List<String> rows(String select, Closed event) {
        return LEDGER.jdbc()
                .queryForList(
                        "SELECT " + select + " WHERE request = ? ORDER BY position", String.class, event.requestId());
    }
}
