package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Application;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.escrow.Sweeping;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.machine.Model.Consumed;
import io.quotabank.ledger.machine.Step.Move;
import io.quotabank.ledger.transfer.Expiry;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** One play: each move happens in the service and in the model, and both must tell the same. */
final class Run {

    static final int PEOPLE = 3;
    static final Duration UNIT = Duration.ofMinutes(10);

    final Model model = new Model();
    final UUID owner = UUID.randomUUID();
    private final Calls calls = new Calls(Machine.process(0));
    private final Asking asking = new Asking();
    private final Sales sales = new Sales(model, asking);
    private final Leasing leasing = new Leasing(model, asking, owner);
    private int passed;

    Run() {
        var grants = Machine.process(0).bean(Grants.class);
        model.people.forEach(person -> grants.welcome(person.id));
        for (int i = 1; i < PEOPLE; i++) {
            Invitation.accept(Machine.process(0), person(i), person(i - 1));
        }
    }

    void take(Move next) {
        asking.next(next);
        switch (next.step()) {
            case Step.Recharge(int person, long amount) -> recharge(person(person), amount);
            case Step.Consume(int person, long amount) -> consume(person(person), amount);
            case Step.Refund step -> any(model.consumed, step.consumption(), of -> refund(of, step.amount()));
            case Step.Limit step -> limit(person(step.person()), step);
            case Step.OpenLease step -> leasing.open(person(step.person()), step);
            case Step.State step -> any(model.leases, step.lease(), lease -> leasing.state(lease, step));
            case Step.Use step -> any(model.leases, step.lease(), lease -> leasing.use(lease, step.cost()));
            case Step.UseSeveral step -> any(model.leases, step.first(), lease -> leasing.useSeveral(lease, step));
            case Step.OpenHold(int person, long amount) -> open(person(person), amount);
            case Step.Extend step -> any(model.holds, step.hold(), hold -> extend(hold, step.more()));
            case Step.Settle step -> any(model.holds, step.hold(), hold -> settle(hold, step));
            case Step.Release step -> any(model.holds, step.hold(), this::release);
            case Step.Over step -> any(model.holds, step.hold(), hold -> over(hold, step.time()));
            case Step.Sweep sweep -> sweep();
            case Step.Give step -> give(person(step.person()), step);
            case Step.Promote(int person, Tier tier) -> promote(person(person), tier);
            case Step.Pass(int units) -> pass(units);
            case Step.Look(int person) -> look(person(person));
            case Step.Order(int person) -> sales.order(person(person));
            case Step.Paid step -> any(model.orders, step.order(), bought -> sales.paid(bought, step));
            case Step.Refunded step -> any(model.orders, step.order(), bought -> sales.refunded(bought, step));
            case Step.Disputed step -> any(model.orders, step.order(), bought -> sales.disputed(bought, step));
            case Step.Again(int earlier) -> asking.again(earlier);
            case Step.OtherBody(int earlier) -> asking.otherBody(earlier);
        }
    }

    /** Days of one play after the other would be years: what is of this month is told by the clock. */
    void goBack() {
        MovedClock.SHARED.pass(UNIT.multipliedBy(-passed));
    }

    /** 6. Whatever was done is asked once more of the other process, and nothing more happens. */
    void end() {
        settleLots();
        asking.everythingAgain();
    }

    /** Nothing is due after it: a process that starts would book that by itself. */
    void settleDue() {
        Sweeping.sweep(asking.process());
        model.sweep();
        settleLots();
    }

    private void settleLots() {
        model.people.forEach(this::settleLots);
    }

    /** Takes from the lots what was spent, which charges leave for later. */
    private void settleLots(Person person) {
        var account = asking.process().bean(Accounts.class).open(AccountCode.user(person.id));
        asking.process().bean(Expiry.class).book(account);
        person.book(model.now);
    }

    List<UUID> people() {
        return model.people.stream().map(person -> person.id).toList();
    }

    private Person person(int number) {
        return model.people.get(number);
    }

    private static <T> void any(List<T> all, int number, Consumer<T> work) {
        if (!all.isEmpty()) {
            work.accept(all.get(number % all.size()));
        }
    }

    private void recharge(Person person, long amount) {
        var told = asking.keyed(
                key -> Calls.recharge(person.id, amount, key), key -> Calls.recharge(person.id, amount + 1, key));
        model.recharge(person, amount);
        assertThat(told.code()).isEqualTo(Model.OK);
        assertThat(micro(told, "credits")).isEqualTo(person.posted());
    }

    private void give(Person person, Step.Give step) {
        // Between two units: whatever happens within this one takes less than half of it.
        var expires = step.lives() == 0
                ? null
                : MovedClock.SHARED
                        .instant()
                        .plus(UNIT.multipliedBy(step.lives()))
                        .minus(UNIT.dividedBy(2));
        if (step.spentLater()) {
            var key = UUID.randomUUID().toString();
            var bonus = Calls.bonus(person.id, step.amount(), expires, key);
            assertThat(asking.ask(bonus))
                    .isEqualTo(new Told(Model.OK, Told.of(() -> Model.OK).body()));
        } else {
            var told = asking.keyed(
                    key -> Calls.give(person.id, step.amount(), expires, key),
                    key -> Calls.give(person.id, step.amount() + 1, expires, key));
            assertThat(told.code()).isEqualTo(Model.OK);
        }
        model.give(person, step.amount(), step.lives(), step.spentLater());
    }

    private void look(Person person) {
        var told = asking.ask(Calls.look(person.id));
        person.book(model.now);
        assertThat(micro(told, "credits")).isEqualTo(person.posted());
        assertThat(micro(told, "held")).isEqualTo(person.held());
    }

    private void consume(Person person, long amount) {
        var told = asking.keyed(
                key -> Calls.consume(person.id, amount, key), key -> Calls.consume(person.id, amount + 1, key));
        var given = model.consume(person, amount);
        assertThat(told.code()).isEqualTo(given.isPresent() ? Model.OK : Model.TOO_LITTLE);
        if (told.ok()) {
            assertThat(micro(told, "credits")).isEqualTo(person.posted());
            model.consumed.add(new Consumed(id(told, "/id"), person, amount, given.orElseThrow()));
        }
    }

    private void refund(Consumed of, long amount) {
        var told = asking.keyed(key -> Calls.refund(of.id, amount, key), key -> Calls.refund(of.id, amount + 1, key));
        long expired = of.person.expired;
        assertThat(told.code()).isEqualTo(model.refund(of, amount));
        if (told.ok()) {
            assertThat(micro(told, "credits")).isEqualTo(of.person.posted());
            assertThat(micro(told, "expired")).isLessThanOrEqualTo(of.person.expired - expired);
        }
    }

    private static void done(Told told) {
        assertThat(told.code()).as(told.body().toString()).isEqualTo(Model.OK);
    }

    private void open(Person person, long amount) {
        var told =
                asking.keyed(key -> calls.open(person.id, amount, key), key -> calls.open(person.id, amount + 1, key));
        assertThat(told.code()).isEqualTo(model.open(person, amount));
        if (told.ok()) {
            var hold = new Hold(id(told, "/hold/id"), person, amount);
            person.holds.add(hold);
            model.holds.add(hold);
            stands(told, hold);
        }
    }

    private void extend(Hold hold, long more) {
        var told = asking.keyed(key -> calls.extend(hold.id, more, key), key -> calls.extend(hold.id, more + 1, key));
        assertThat(told.code()).isEqualTo(model.extend(hold, more));
        stands(told, hold);
    }

    private void release(Hold hold) {
        var told = asking.keyed(key -> calls.release(hold.id, key), key -> calls.extend(hold.id, 1, key));
        assertThat(told.code()).isEqualTo(model.release(hold));
        stands(told, hold);
    }

    private void settle(Hold hold, Step.Settle step) {
        var seller = person((model.people.indexOf(hold.of) + 1) % PEOPLE);
        var told = asking.keyed(
                key -> calls.settle(hold.id, step.amount(), step.share(), seller.id, step.last(), key),
                key -> calls.settle(hold.id, step.amount() + 1, step.share(), seller.id, step.last(), key));
        assertThat(told.code()).isEqualTo(model.settle(hold, step.amount(), step.last()));
        stands(told, hold);
        if (told.ok()) {
            var parts = switch (step.share()) {
                case PLATFORM -> new long[] {0, step.amount(), 0};
                case MARKET_SALE -> Model.split(step.amount(), 8_500, 1_000, 500);
                case CONSIGNMENT -> {
                    var two = Model.split(step.amount(), 9_500, 500);
                    yield new long[] {two[0], two[1], 0};
                }
            };
            var payees = List.of("seller", "platform", "reserve");
            for (int i = 0; i < parts.length; i++) {
                assertThat(micro(told, "/settlement/parts/" + payees.get(i))).isEqualTo(parts[i]);
            }
            if (parts[0] > 0) {
                seller.credit(parts[0]);
            }
        }
    }

    private static void stands(Told told, Hold hold) {
        if (told.ok()) {
            assertThat(micro(told, "credits")).isEqualTo(hold.of.posted());
            assertThat(micro(told, "available")).isEqualTo(hold.of.available());
        }
    }

    private void over(Hold hold, Duration time) {
        Application.expiredFor(asking.process(), hold.id, time);
        hold.over = time;
    }

    private void sweep() {
        var told = asking.ask(process -> Told.of(() -> {
            Sweeping.sweep(process);
            return Model.OK;
        }));
        done(told);
        model.sweep();
    }

    private static void limit(Person person, Step.Limit step) {
        person.keys.get(step.key() - 1).limit(step.total(), step.daily(), step.monthly());
    }

    private void promote(Person person, Tier tier) {
        assertThat(asking.ask(Calls.promote(person.id, tier)).code()).isEqualTo(Model.OK);
        person.tier = tier;
    }

    private void pass(int units) {
        MovedClock.SHARED.pass(UNIT.multipliedBy(units));
        model.now += units;
        passed += units;
    }

    private static UUID id(Told told, String path) {
        return UUID.fromString(told.body().at(path).asString());
    }

    private static long micro(Told told, String path) {
        var number = path.startsWith("/") ? told.body().at(path) : told.body().path(path);
        assertThat(number.isNumber()).as("%s in %s", path, told).isTrue();
        return number.decimalValue()
                .multiply(BigDecimal.valueOf(Credits.MICRO_PER_CREDIT))
                .longValueExact();
    }
}
