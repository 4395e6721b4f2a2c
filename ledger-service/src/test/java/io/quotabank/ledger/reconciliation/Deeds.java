package io.quotabank.ledger.reconciliation;

import io.quotabank.ledger.Application;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import java.util.UUID;

/** What applications and administrators do with people's credits, beside requests. */
final class Deeds {

    private final Ledger ledger;
    private final Application market;

    Deeds(Ledger ledger) {
        this.ledger = ledger;
        this.market = new Application(ledger);
    }

    /** Two recharges, a consumption of which some is given back, and a sale that is settled in part. */
    void each(UUID buyer) {
        recharge(buyer, 5);
        recharge(buyer, 3);
        refund(consume(buyer), "4");
        sell(hold(buyer), "7");
    }

    void recharge(UUID buyer, int credits) {
        People.signUp(ledger, buyer);
        done(ledger.call(
                "POST",
                "/api/credits/recharge",
                Ledger.proxyToken(),
                "{\"user_id\":\"" + buyer + "\",\"credits\":" + credits + "}"));
    }

    String consume(UUID buyer) {
        return done(ledger.call(
                        "POST",
                        "/api/credits/consume",
                        Ledger.proxyToken(),
                        "{\"user_id\":\"" + buyer + "\",\"action\":\"script\"}"))
                .body()
                .get("id")
                .asString();
    }

    void refund(String consumption, String amount) {
        done(ledger.call(
                "POST",
                "/api/credits/consumptions/" + consumption + "/refund",
                Ledger.proxyToken(),
                "{\"amount\":" + amount + "}"));
    }

    UUID hold(UUID buyer) {
        return market.opened(buyer, "10");
    }

    /** To a seller each time another, by the split of the market. */
    void sell(UUID hold, String amount) {
        done(market.settle(hold, amount, ",\"split\":\"market_sale\",\"seller_id\":\"" + UUID.randomUUID() + "\""));
    }

    /** For the platform alone. */
    void settle(UUID hold, String amount) {
        done(market.settle(hold, amount, ""));
    }

    private static Ledger.Response done(Ledger.Response response) {
        if (response.status() != 200) {
            throw new IllegalStateException(
                    response.status() + " " + response.raw().body());
        }
        return response;
    }
}
