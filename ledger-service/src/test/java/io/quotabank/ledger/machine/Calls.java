package io.quotabank.ledger.machine;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.machine.Step.Share;
import io.quotabank.ledger.payment.Paying;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.settlement.Settling;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** What applications, proxies, providers and administrators ask; each can be asked of any process, any number of times. */
final class Calls {

    private static final String POST = "POST";

    private final Application video;

    Calls(Ledger any) {
        video = new Application(any);
    }

    static String credits(long micro) {
        return new Credits(micro).toString();
    }

    static Function<Ledger, Told> recharge(UUID person, long amount, String key) {
        var body = "{\"user_id\":\"%s\",\"credits\":%s}".formatted(person, credits(amount));
        return ledger ->
                Told.of(ledger.call(POST, "/api/credits/recharge", Applications.admin(), body, Applications.key(key)));
    }

    static Function<Ledger, Told> give(UUID person, long amount, Instant expires, String key) {
        var body = "{\"user_id\":\"%s\",\"credits\":%s,\"reason\":\"a test\"%s}"
                .formatted(person, credits(amount), expires == null ? "" : ",\"expires_at\":" + expires.toEpochMilli());
        return ledger ->
                Told.of(ledger.call(POST, "/api/credits/gifts", Applications.admin(), body, Applications.key(key)));
    }

    /** By a rule, and spent after other gifts. */
    static Function<Ledger, Told> bonus(UUID person, long amount, Instant expires, String key) {
        var gift = Gift.of(key, Origin.TIER_BONUS, new Credits(amount), expires);
        return ledger -> Told.of(() -> {
            var account = ledger.bean(Accounts.class).open(AccountCode.user(person));
            ledger.bean(Grants.class).give(account, gift);
            return Model.OK;
        });
    }

    static Function<Ledger, Told> look(UUID person) {
        return ledger -> Told.of(ledger.call("GET", "/api/credits/balance/" + person, Applications.admin(), ""));
    }

    static Function<Ledger, Told> consume(UUID person, long amount, String key) {
        var rest = "\"action\":\"model\",\"amount\":" + credits(amount);
        return ledger ->
                Told.of(new Applications(ledger).consume(Applications.videos(), person, rest, Applications.key(key)));
    }

    static Function<Ledger, Told> refund(UUID consumption, long amount, String key) {
        var body = "{\"amount\":" + credits(amount) + "}";
        return ledger -> Told.of(new Applications(ledger)
                .refund(Applications.videos(), consumption.toString(), body, Applications.key(key)));
    }

    static Function<Ledger, Told> promote(UUID person, Tier tier) {
        var body = "{\"tier\":\"" + tier.wire() + "\"}";
        return ledger -> Told.of(ledger.call("PUT", "/api/credits/tiers/" + person, Applications.admin(), body));
    }

    /** @param cap of the access key; null without one */
    static Function<Ledger, Told> lease(UUID lease, UUID person, long need, long want, SpendingCap cap) {
        var open =
                new Open(lease, person, "proxy-1", People.NOBODY, new Credits(need), new Credits(want), List.of(), cap);
        var body = JsonMapper.shared().writeValueAsString(open);
        return ledger -> Told.of(ledger.call(POST, "/internal/leases", Ledger.proxyToken(), body));
    }

    static Function<Ledger, Told> state(UUID lease, Step.State told) {
        var flight = List.of(new InFlight(TestUsage.IDS.next(), new Credits(told.inFlight())));
        var statement = new Statement(lease, told.sequence(), new Credits(told.spent()), flight, told.last());
        var body = JsonMapper.shared().writeValueAsString(statement);
        return ledger -> {
            var answer = ledger.call(POST, "/internal/leases/" + lease + "/statements", Ledger.proxyToken(), body);
            return answer.status() == 204 ? new Told(Model.OK, answer.body()) : Told.of(answer);
        };
    }

    /** A request that was served by a key of somebody's, of which something was perhaps not for its buyer. */
    static Closed used(UUID request, UUID person, UUID lease, UUID owner, long cost, long served) {
        return used(request, person, List.of(lease), List.of(cost), owner, cost, served);
    }

    /** One that is paid from several leases, so much at most from each. */
    static Closed used(
            UUID request, UUID person, List<UUID> leases, List<Long> atMost, UUID owner, long cost, long served) {
        var usage = TestUsage.of(person).request(request).cost(cost).served(owner, served);
        for (int i = 0; i < leases.size(); i++) {
            usage.from(leases.get(i), atMost.get(i));
        }
        return usage.closed();
    }

    static Function<Ledger, Told> settle(List<Closed> batch) {
        return ledger -> Told.of(() -> {
            Settling.settle(ledger, batch);
            return Model.OK;
        });
    }

    Function<Ledger, Told> open(UUID person, long amount, String key) {
        return ledger -> Told.of(video.at(ledger).open(person, credits(amount), "", Applications.key(key)));
    }

    Function<Ledger, Told> extend(UUID hold, long more, String key) {
        var body = "{\"amount\":" + credits(more) + "}";
        return ledger -> Told.of(video.at(ledger).extend(hold, body, Applications.key(key)));
    }

    Function<Ledger, Told> settle(UUID hold, long amount, Share share, UUID seller, boolean last, String key) {
        var split = switch (share) {
            case PLATFORM -> "";
            case MARKET_SALE -> ",\"split\":\"market_sale\",\"seller_id\":\"" + seller + "\"";
            case CONSIGNMENT -> ",\"split\":\"consignment\",\"seller_id\":\"" + seller + "\"";
        };
        return ledger -> Told.of(
                video.at(ledger).settle(hold, credits(amount), split + ",\"last\":" + last, Applications.key(key)));
    }

    Function<Ledger, Told> release(UUID hold, String key) {
        return ledger -> Told.of(video.at(ledger).release(hold, Applications.key(key)));
    }

    static Function<Ledger, Told> take(Event event) {
        return ledger -> Told.of(() -> Paying.take(ledger, event));
    }
}
