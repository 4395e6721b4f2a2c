package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestClock;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.transfer.Expiry;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/**
 * Gifts that expire, spent through leases, on the real database, beside a model that takes every charge from the lots at
 * once. The ledger spreads charges over the lots only when their set changes: both have the same left in every lot.
 */
class GrantSpendingProperties {

    // The job does not run meanwhile: what is not booked yet is a state of its own.
    private static final Ledger LEDGER =
            Ledger.with(Map.of("quotabank.grant.sweep-every", "1h"), TestClock.InPlaceOfTheSystems.class);
    private static final People PEOPLE = new People(LEDGER);
    private static final TestClock CLOCK = TestClock.of(LEDGER);
    private static final String ADMIN = TestIdentity.user(UUID.randomUUID(), "admin");
    private static final String STANDING = "SELECT greatest(0, lots - (debited - spread)) FROM account WHERE id = ?";

    sealed interface Step {
        /** @param lives ms; 0 for ever */
        record Give(long amount, int lives, boolean later) implements Step {}

        record Recharge(long credits) implements Step {}

        record Open(long need) implements Step {}

        record Settle(int lease, long cost) implements Step {}

        /** A last statement: what is not told as spent is given back. */
        record Close(int lease, long spent) implements Step {}

        record Pass(int ms) implements Step {}

        record Book() implements Step {}
    }

    private static final class Lot {
        final int priority;
        final long expires;
        long left;

        Lot(int priority, long expires, long left) {
            this.priority = priority;
            this.expires = expires;
            this.left = left;
        }
    }

    private static final class Slice {
        final UUID id;
        long left;
        long settled;
        long backed;
        boolean closed;

        Slice(UUID id, long amount) {
            this.id = id;
            this.left = amount;
        }
    }

    private static final class Model {
        long posted = People.SIGN_UP;
        long lapsed;
        long now;
        final List<Lot> given = new ArrayList<>(List.of(new Lot(10, Long.MAX_VALUE - 1, People.SIGN_UP)));
        final List<Slice> slices = new ArrayList<>();

        List<Lot> inOrder() {
            // Sorting is stable: equals stay in the order in which they were given.
            return given.stream()
                    .sorted(Comparator.<Lot>comparingInt(lot -> lot.priority).thenComparingLong(lot -> lot.expires))
                    .toList();
        }

        long held() {
            return slices.stream().mapToLong(slice -> slice.left).sum();
        }

        long backed() {
            return slices.stream().mapToLong(slice -> slice.backed).sum();
        }

        long lots() {
            return given.stream().mapToLong(lot -> lot.left).sum();
        }

        void settle(Slice slice, long cost) {
            long charge = Math.min(cost, slice.left);
            long fromBacked = Math.min(slice.backed, charge);
            slice.left -= charge;
            slice.settled += charge;
            slice.backed -= fromBacked;
            posted -= charge;
            long rest = charge - fromBacked;
            for (var lot : inOrder()) {
                long part = Math.min(lot.left, rest);
                lot.left -= part;
                rest -= part;
            }
        }

        void close(Slice slice, long spent) {
            if (!slice.closed && slice.left > 0) {
                slice.closed = true;
                slice.left = Math.min(slice.left, Math.max(0, spent - slice.settled));
                long kept = Math.min(slice.backed, slice.left);
                lapsed += slice.backed - kept;
                slice.backed = kept;
            }
        }

        void book() {
            long toHold = held() - backed();
            for (var lot : inOrder()) {
                long reserved = Math.min(lot.left, toHold);
                toHold -= reserved;
                if (lot.expires <= now) {
                    posted -= lot.left - reserved;
                    lot.left = 0;
                    back(reserved);
                }
            }
            posted -= lapsed;
            lapsed = 0;
        }

        private void back(long amount) {
            long rest = amount;
            for (var slice : slices) {
                long part = Math.min(rest, slice.left - slice.backed);
                slice.backed += part;
                rest -= part;
            }
            assertThat(rest).isZero();
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var amounts = Arbitraries.longs().between(1, 300_000_000);
        var leases = Arbitraries.integers().between(0, 5);
        Arbitrary<Step> give = Combinators.combine(
                        amounts, Arbitraries.integers().between(0, 6), Arbitraries.of(true, false))
                .as(Step.Give::new);
        Arbitrary<Step> recharge = Arbitraries.longs().between(1, 200).map(Step.Recharge::new);
        Arbitrary<Step> open = amounts.map(Step.Open::new);
        Arbitrary<Step> settle = Combinators.combine(leases, amounts).as(Step.Settle::new);
        Arbitrary<Step> close = Combinators.combine(leases, amounts).as(Step.Close::new);
        Arbitrary<Step> pass = Arbitraries.integers().between(1, 3).map(Step.Pass::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(4, give),
                        Tuple.of(1, recharge),
                        Tuple.of(4, open),
                        Tuple.of(4, settle),
                        Tuple.of(3, close),
                        Tuple.of(4, pass),
                        Tuple.of(2, Arbitraries.create(Step.Book::new)))
                .list()
                .ofMinSize(5)
                .ofMaxSize(30);
    }

    @Property(tries = 60, shrinking = ShrinkingMode.OFF)
    void everyLotHasLeftWhatTakingEachChargeAtOnceLeaves(@ForAll("steps") List<Step> steps) {
        var user = UUID.randomUUID();
        var account = LEDGER.bean(Grants.class).welcome(user);
        var model = new Model();
        for (var step : steps) {
            take(step, user, account, model);
            assertThat(PEOPLE.posted(user)).as(step.toString()).isEqualTo(model.posted);
            assertThat(PEOPLE.held(user)).as(step.toString()).isEqualTo(model.held());
            assertThat(LEDGER.number(STANDING, account.value()))
                    .as(step.toString())
                    .isEqualTo(model.lots());
            assertThat(LEDGER.number("SELECT backed FROM account WHERE id = ?", account.value()))
                    .as(step.toString())
                    .isEqualTo(model.backed());
        }
        LEDGER.bean(Expiry.class).book(account);
        model.book();
        assertThat(LEDGER.jdbc()
                        .queryForList(
                                "SELECT amount - gone FROM credit_grant WHERE account = ? ORDER BY transfer",
                                Long.class,
                                account.value()))
                .isEqualTo(model.given.stream().map(lot -> lot.left).toList());
        assertThat(PEOPLE.posted(user)).isEqualTo(model.posted);
        assertThat(LEDGER.differences()).isEmpty();
    }

    private static void take(Step step, UUID user, AccountId account, Model model) {
        switch (step) {
            case Step.Give give -> give(give, account, model);
            case Step.Recharge(long credits) -> {
                var body = "{\"user_id\":\"" + user + "\",\"credits\":" + credits + "}";
                assertThat(LEDGER.call("POST", "/api/credits/recharge", ADMIN, body)
                                .status())
                        .isEqualTo(200);
                model.posted += credits * Credits.MICRO_PER_CREDIT;
            }
            case Step.Open(long need) -> open(user, model, need);
            case Step.Settle(int lease, long cost) -> {
                if (lease < model.slices.size()) {
                    var slice = model.slices.get(lease);
                    Settling.settle(LEDGER, user, slice.id, cost);
                    model.settle(slice, cost);
                }
            }
            case Step.Close(int lease, long spent) -> {
                if (lease < model.slices.size()) {
                    var slice = model.slices.get(lease);
                    PEOPLE.state(People.statement(slice.id, 1, spent, true));
                    model.close(slice, spent);
                }
            }
            case Step.Pass(int ms) -> {
                CLOCK.pass(Duration.ofMillis(ms));
                model.now += ms;
            }
            case Step.Book() -> {
                LEDGER.bean(Expiry.class).book(account);
                model.book();
            }
        }
    }

    private static void give(Step.Give give, AccountId account, Model model) {
        var expires = give.lives() == 0 ? null : CLOCK.instant().plusMillis(give.lives());
        var origin = give.later() ? Origin.TIER_BONUS : Origin.INVITATION;
        var gift = Gift.of(UUID.randomUUID().toString(), origin, new Credits(give.amount()), expires);
        assertThat(LEDGER.bean(Grants.class).give(account, gift)).isPresent();
        model.book();
        model.posted += give.amount();
        model.given.add(new Lot(
                give.later() ? 20 : 10, give.lives() == 0 ? Long.MAX_VALUE : model.now + give.lives(), give.amount()));
    }

    private static void open(UUID user, Model model, long need) {
        model.book();
        boolean granted = model.posted - model.held() >= need;
        var answer = PEOPLE.lease(user, need, need);
        assertThat(answer.granted()).isEqualTo(granted ? new Credits(need) : null);
        if (granted) {
            model.slices.add(new Slice(answer.leaseId(), need));
        }
    }
}
