package io.quotabank.ledger.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A month that is taken out leaves balances as they are, and the books provable. */
class DetachIT {

    private static final String MONTH = "202501";
    private static final Ids THEN = new Ids(Clock.fixed(Instant.parse("2025-01-15T12:00:00Z"), ZoneOffset.UTC));
    private static final UUID BUYER = UUID.randomUUID();
    private static final UUID OWNER = UUID.randomUUID();
    private static final UUID OTHER = UUID.randomUUID();

    private static Ledger ledger;
    private static UUID one;
    private static UUID two;

    @BeforeAll
    static void settleOldAndNewByTurns() {
        ledger = Ledger.consuming(Map.of(
                "quotabank.earnings.every", "200ms",
                "quotabank.tail.every", "100ms",
                "quotabank.seal.every", "100ms",
                "quotabank.entry.every", "100ms"));
        for (var parent : List.of(
                "transfer",
                "settlement",
                "settlement_attempt",
                "settlement_funding",
                "settlement_correction",
                "settlement_correction_part")) {
            ledger.asOwner("SELECT add_partition('" + parent + "', '" + parent + "_" + MONTH + "',"
                    + " 'FOR VALUES FROM (''' || uuid_floor('2025-01-01 00:00Z') || ''') TO ('''"
                    + " || uuid_floor('2025-02-01 00:00Z') || ''')')");
        }
        var people = new People(ledger);
        one = people.lease(BUYER, 5_000, 5_000).leaseId();
        var cap = new SpendingCap(UUID.randomUUID(), 1, new Credits(50_000), null, null);
        two = people.lease(BUYER, cap, 5_000, 5_000).leaseId();
        for (int i = 0; i < 3; i++) {
            settle(THEN);
            settle(TestUsage.IDS);
        }
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    /** A request over both leases, one over the capped one, and a second record of the first that pays an owner more. */
    private static void settle(Ids ids) {
        long settled = ledger.number("SELECT count(*) FROM settlement");
        long corrected = ledger.number("SELECT count(*) FROM settlement_correction");
        var first = ids.next();
        var events = new ArrayList<Closed>();
        events.add(TestUsage.of(BUYER)
                .request(first)
                .cost(100)
                .from(one, 60)
                .from(two, 30)
                .served(OWNER, 20)
                .served(OTHER, 100)
                .closed());
        events.add(TestUsage.of(BUYER)
                .request(ids.next())
                .cost(50)
                .from(two, 50)
                .served(OWNER, 50)
                .closed());
        events.add(TestUsage.of(BUYER)
                .request(first)
                .cost(100)
                .from(one, 60)
                .served(OWNER, 200)
                .closed());
        UsageTopic.send(events);
        await().until(() -> ledger.number("SELECT count(*) FROM settlement") == settled + 2
                && ledger.number("SELECT count(*) FROM settlement_correction") == corrected + 1);
    }

    @Test
    void aDetachedMonthLeavesBalancesAndProofsAsTheyAre() {
        assertThatThrownBy(() -> ledger.asOwner("SELECT detach_month('" + MONTH + "')"))
                .hasMessageContaining("nothing is proven yet");
        await().until(() ->
                ledger.number("SELECT coalesce(sum(posted), 0)::bigint FROM account WHERE kind = 'earnings'") == 0);
        proveAndCatchUp();
        long balances = ledger.number("SELECT sum(posted * id)::bigint FROM account");
        long rows = ledger.number("SELECT count(*) FROM transfer");
        assertThat(ledger.number("SELECT count(*) FROM transfer WHERE id < uuid_floor('2025-02-01 00:00Z')"))
                .isEqualTo(6);

        ledger.asOwner("SELECT detach_month('" + MONTH + "')");
        assertThat(ledger.number("SELECT count(*) FROM transfer")).isEqualTo(rows - 6);
        assertThat(ledger.number("SELECT count(*) FROM settlement_correction")).isEqualTo(3);
        assertThat(ledger.number("SELECT sum(posted * id)::bigint FROM account"))
                .isEqualTo(balances);
        assertThat(differing(run(""))).isEmpty();
        assertThat(differing(run("?full=true"))).isEmpty();

        settle(TestUsage.IDS);
        assertThat(differing(run(""))).isEmpty();
        assertThat(differing(run("?full=true"))).isEmpty();

        // What is left is proven as before.
        for (var lie : List.of(
                "UPDATE opening_account SET posted = posted + 1 WHERE debited > 0",
                "DELETE FROM opening_edge",
                "UPDATE opening_hold SET charge = charge + 1",
                "UPDATE opening_cap SET charge = charge + 1",
                "UPDATE opening_sum SET loss = loss + 1")) {
            ledger.asOwner("CREATE TABLE kept_edge AS SELECT * FROM opening_edge", lie);
            assertThat(differing(run("?full=true"))).as(lie).isNotEmpty();
            ledger.asOwner(
                    lie.startsWith("DELETE")
                            ? "INSERT INTO opening_edge SELECT * FROM kept_edge"
                            : lie.replace("+ 1", "- 1"),
                    "DROP TABLE kept_edge");
        }
        assertThat(differing(run("?full=true"))).isEmpty();
        assertThatThrownBy(() -> ledger.asOwner("SELECT detach_month(to_char(now(), 'YYYYMM'))"))
                .hasMessageContaining("not a month before");
    }

    private static void proveAndCatchUp() {
        ledger.bean(io.quotabank.ledger.tail.Tail.class).cut();
        await().until(() -> ledger.number("SELECT max(number) FROM transfer_cut")
                == ledger.number(
                        "SELECT least((SELECT max(number) FROM seal_block), (SELECT cut FROM entry_position))"));
        assertThat(differing(run(""))).isEmpty();
    }

    private static JsonNode run(String query) {
        return ledger.call("POST", "/api/ledger/reconciliation" + query, Ledger.proxyToken(), "")
                .body();
    }

    private static List<String> differing(JsonNode run) {
        return run.get("proofs")
                .valueStream()
                .filter(proof -> !proof.get("agrees").asBoolean() && !proof.has("unproven"))
                .map(proof -> proof.get("name").asString())
                .toList();
    }
}
