package io.quotabank.ledger.reconciliation;

import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.payment.Shop;
import io.quotabank.platform.id.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import org.springframework.context.annotation.Bean;

/** A month long ago in which everything was done that moves credits, and some of it was done again now. */
final class BusyMonth implements AutoCloseable {

    static final String MONTH = "202501";
    static final String OF_THEN = " WHERE id < uuid_floor('2025-02-01 00:00Z')";
    static final Ids REQUESTS_OF_THEN = new Ids(IdsClock.THEN);
    static final UUID OTHER = UUID.randomUUID();
    static final UUID DEBTOR = UUID.randomUUID();

    private static final UUID BUYER = UUID.randomUUID();
    private static final UUID OWNER = UUID.randomUUID();
    private static final UUID WINNER = UUID.randomUUID();

    private static final IdsClock IDS_CLOCK = new IdsClock();

    static class WithIdsOfThen {
        @Bean
        Ids ids() {
            return new Ids(IDS_CLOCK);
        }
    }

    final Shop shop;
    final Ledger ledger;
    final Deeds deeds;
    final String consumed;
    final String kept;
    final UUID held;
    final UUID sold;
    final Shop.Order won;

    private final UUID one;
    private final UUID two;

    BusyMonth() {
        shop = Shop.open(settings -> {
            settings.putAll(Map.of(
                    "quotabank.earnings.every", "200ms",
                    "quotabank.tail.every", "100ms",
                    "quotabank.seal.every", "100ms",
                    "quotabank.entry.every", "100ms",
                    "quotabank.grant.sweep-every", "100ms"));
            return Ledger.consuming(settings, WithIdsOfThen.class);
        });
        ledger = shop.ledger();
        deeds = new Deeds(ledger);
        ledger.asOwner("SELECT add_partition(parent, parent || '_" + MONTH + "', format('FOR VALUES FROM (%L) TO (%L)',"
                + " uuid_floor('2025-01-01 00:00Z'), uuid_floor('2025-02-01 00:00Z')))"
                + " FROM unnest(ARRAY['transfer', 'hold', 'settlement', 'settlement_attempt', 'settlement_funding',"
                + " 'settlement_correction', 'settlement_correction_part', 'consumption', 'consumption_refund',"
                + " 'hold_settlement']) AS parent");
        var people = new People(ledger);
        one = people.lease(BUYER, 5_000, 5_000).leaseId();
        var cap = new SpendingCap(UUID.randomUUID(), 1, new Credits(50_000), null, null);
        two = people.lease(BUYER, cap, 5_000, 5_000).leaseId();
        settle(REQUESTS_OF_THEN);
        settle(TestUsage.IDS);
        // What applications do; some of it goes on later.
        consumed = deeds.consume(BUYER);
        kept = deeds.consume(BUYER);
        held = deeds.hold(BUYER);
        deeds.settle(held, "2");
        sold = deeds.hold(BUYER);
        deeds.sell(sold, "3");
        deeds.each(BUYER);
        won = pay();
        giftsThatGoAndCome();
        expire();
        IDS_CLOCK.itIsNow();
        settle(REQUESTS_OF_THEN);
        settle(TestUsage.IDS);
    }

    /** @return an order that was disputed for nothing */
    private Shop.Order pay() {
        var owing = shop.order(DEBTOR, "stripe");
        shop.pay(owing);
        shop.spend(DEBTOR, 1_500);
        shop.refund(owing, "{}");
        deeds.recharge(DEBTOR, 500);
        var disputed = shop.order(WINNER, "stripe");
        shop.pay(disputed);
        shop.dispute(disputed, "{\"status\":\"open\",\"amount\":4000}");
        shop.dispute(disputed, "{\"status\":\"won\",\"amount\":4000}");
        return disputed;
    }

    /** The inviter's ends unspent; what the invited person has spent is asked back, and both get again what was theirs. */
    private void giftsThatGoAndCome() {
        var invited = UUID.randomUUID();
        People.invite(ledger, OTHER, invited);
        var order = shop.order(invited, "stripe");
        shop.pay(order);
        shop.spend(invited, 620);
        shop.dispute(order, "{\"status\":\"open\"}");
        shop.dispute(order, "{\"status\":\"won\"}");
    }

    private void expire() {
        var grants = ledger.bean(Grants.class);
        var soon = Instant.now().plusMillis(300);
        grants.give(grants.welcome(OTHER), Gift.of("soon gone", Origin.CODE, Credits.of(80), soon));
        await().until(() -> ledger.number("SELECT count(*) FROM transfer WHERE type = 'expiry'") == 1
                && ledger.number("SELECT count(*) FROM transfer WHERE type = 'proxy_earnings' AND reference IS NULL"
                                + " AND id < uuid_floor('2025-02-01 00:00Z')")
                        > 0);
    }

    /** A request over both leases, one over the capped one, and a second record of the first that pays an owner more. */
    void settle(Ids ids) {
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

    @Override
    public void close() {
        shop.close();
    }
}
