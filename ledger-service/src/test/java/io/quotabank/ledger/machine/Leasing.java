package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.TestUsage;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** What proxies do, under keys with caps and without, in the service and in the model. */
final class Leasing {

    private final Model model;
    private final Asking asking;
    private final UUID owner;

    Leasing(Model model, Asking asking, UUID owner) {
        this.model = model;
        this.asking = asking;
        this.owner = owner;
    }

    void open(Person person, Step.OpenLease step) {
        var id = TestUsage.IDS.next();
        var key = step.key() == 0 ? null : person.keys.get(step.key() - 1);
        var cap = key == null ? null : key.told(step.behind());
        var day = LocalDate.ofInstant(MovedClock.SHARED.instant(), ZoneOffset.UTC);
        var request = Calls.lease(id, person.id, step.need(), step.want(), cap);
        var told = asking.ask(request);
        long granted = model.lease(person, step.need(), step.want(), key, day);
        assertThat(granted(told)).isEqualTo(granted);
        assertThat(told.body().path("tier").asString()).isEqualTo(person.tier.wire());
        if (granted > 0) {
            var lease = new Hold(id, person, granted);
            person.holds.add(lease);
            model.leases.add(lease);
            if (key != null) {
                lease.day = day;
                key.leases.add(lease);
            }
            Consumer<Ledger> again = process -> {
                assertThat(granted(request.apply(process))).isEqualTo(granted);
                person.book(model.now);
            };
            asking.remember(again, again);
        }
        if (key != null) {
            assertThat(told.body().path("capLeft").asLong(-1)).isEqualTo(key.left(day));
        }
    }

    private static long granted(Told told) {
        assertThat(told.code()).isEqualTo(Model.OK);
        return told.body().path("granted").asLong(0);
    }

    void state(Hold lease, Step.State step) {
        assertThat(asking.ask(Calls.state(lease.id, step)).code()).isEqualTo(Model.OK);
        model.state(lease, step);
    }

    void use(Hold lease, long cost) {
        use(List.of(lease), List.of(cost), cost);
    }

    /** A request that is paid from several leases of its buyer, one perhaps twice. */
    void useSeveral(Hold first, Step.UseSeveral step) {
        var own = model.leases.stream().filter(lease -> lease.of == first.of).toList();
        var paid = List.of(first, own.get(step.second() % own.size()), own.get(step.third() % own.size()));
        use(paid, List.of(step.fromFirst(), step.fromSecond(), step.cost()), step.cost());
    }

    private void use(List<Hold> leases, List<Long> atMost, long cost) {
        var request = TestUsage.IDS.next();
        var ids = leases.stream().map(lease -> lease.id).toList();
        var person = leases.getFirst().of.id;
        LongFunction<List<Closed>> event =
                served -> List.of(Calls.used(request, person, ids, atMost, owner, cost, served));
        var events = event.apply(cost);
        done(asking.ask(Calls.settle(events)));
        model.use(leases, atMost, cost);
        var second = event.apply(cost + 1_000);
        var told = new boolean[1];
        asking.remember(process -> done(Calls.settle(events).apply(process)), process -> {
            done(Calls.settle(second).apply(process));
            long more = told[0] ? 0 : (cost + 1_000) * 95 / 100 - cost * 95 / 100;
            told[0] = true;
            model.loss += more;
            model.earned += more;
        });
    }

    private static void done(Told told) {
        assertThat(told.code()).as(told.body().toString()).isEqualTo(Model.OK);
    }
}
