package io.quotabank.proxy.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.catalog.TestCatalog;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A routing by a clock that stands still unless it is moved, and keys of one model. */
final class RoutingStage {

    static final PricedModel PRICE = TestCatalog.priced("m");

    final AtomicLong nowMs = new AtomicLong(1_000_000);
    final Routing routing = another();

    /** That knows no key yet. */
    Routing another() {
        return new Routing(TestRouting.SETTINGS, nowMs::get, () -> Instant.ofEpochMilli(nowMs.get()));
    }

    void put(PoolKeyRecord... keys) {
        TestRouting.put(routing, keys);
    }

    @Nullable
    UUID chosen() {
        return routing.choose(wanted()) instanceof Choice.Chosen(var pick)
                ? pick.key().keyId()
                : null;
    }

    Pick pick() {
        return pick(wanted());
    }

    Pick pick(Wanted wanted) {
        var choice = routing.choose(wanted);
        assertThat(choice).isInstanceOf(Choice.Chosen.class);
        return ((Choice.Chosen) choice).pick();
    }

    static void end(Pick pick, Result result, Credits list) {
        pick.ended(new Ending(result, false, null, 100L, 500, 100, 50, list));
    }

    static Wanted wanted() {
        return new Wanted(PRICE, 10, 20);
    }

    static PoolKeyRecord key() {
        return key("https://provider.example/v1");
    }

    static PoolKeyRecord key(String baseUrl) {
        return TestRouting.key(UUID.randomUUID(), UUID.randomUUID(), "openai", baseUrl, "sealed", "m");
    }

    static PoolKeyRecord changed(PoolKeyRecord key, Credits remaining) {
        return TestRouting.changed(key, Kind.CONSIGNMENT, State.ACTIVE, remaining, Limits.NONE);
    }
}
