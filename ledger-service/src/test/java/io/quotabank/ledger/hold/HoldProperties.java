package io.quotabank.ledger.hold;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.hold.Hold.Status;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

class HoldProperties {

    sealed interface Step {
        record Settle(long charge) implements Step {}

        record State(long sequence, long spent, long inFlight, boolean last) implements Step {}

        record Expire() implements Step {}
    }

    /** The same, counted by hand: what is left falls by charges, and to what was told when a last statement comes. */
    private static final class Model {
        long left;
        long settled;
        long spent;
        long inFlight;
        long sequence;
        boolean last;

        Model(long amount) {
            this.left = amount;
        }

        void settle(long charge) {
            left -= charge;
            settled += charge;
        }

        void state(Step.State told) {
            if (left == 0 || told.sequence() <= sequence) {
                return;
            }
            sequence = told.sequence();
            spent = told.spent();
            inFlight = told.inFlight();
            last |= told.last();
            if (last) {
                left = Math.min(left, Math.max(0, spent + inFlight - settled));
            }
        }

        void expire() {
            if (left > 0 && !(last && inFlight == 0)) {
                left = last ? Math.min(left, Math.max(0, spent - settled)) : 0;
                inFlight = 0;
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> settle = Arbitraries.longs().between(1, 60).map(Step.Settle::new);
        Arbitrary<Step> state = Combinators.combine(
                        Arbitraries.longs().between(0, 8),
                        Arbitraries.longs().between(0, 120),
                        Arbitraries.longs().between(0, 50),
                        Arbitraries.of(true, false))
                .as(Step.State::new);
        Arbitrary<Step> expire = Arbitraries.just(new Step.Expire());
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(5, settle),
                        net.jqwik.api.Tuple.of(5, state),
                        net.jqwik.api.Tuple.of(1, expire))
                .list()
                .ofMaxSize(20);
    }

    @Property
    void aHoldGivesWhatTheModelGives(
            @ForAll @LongRange(min = 1, max = 100) long amount, @ForAll("steps") List<Step> steps) {
        var hold = opened(amount);
        var model = new Model(amount);
        for (var step : steps) {
            long leftBefore = hold.left().micro();
            switch (step) {
                case Step.Settle(long charge) -> {
                    long can = Math.min(charge, model.left);
                    hold = hold.settle(new Credits(can));
                    model.settle(can);
                }
                case Step.State told -> {
                    hold = hold.state(
                            told.sequence(), new Credits(told.spent()), new Credits(told.inFlight()), told.last());
                    model.state(told);
                }
                case Step.Expire expire -> {
                    hold = hold.expire();
                    model.expire();
                }
            }
            assertThat(hold.left().micro()).isEqualTo(model.left).isLessThanOrEqualTo(leftBefore);
            assertThat(hold.settled().micro()).isEqualTo(model.settled);
            assertThat(hold.settled().plus(hold.released()).plus(hold.left()).micro())
                    .isEqualTo(amount);
            assertThat(hold.status() == Status.ACTIVE).isEqualTo(model.left > 0);
        }
    }

    @Example
    void aLastStatementGivesBackAtOnceWhatIsNeitherSpentNorInFlight() {
        var hold = opened(100).state(1, new Credits(30), new Credits(20), true);
        assertThat(hold.left()).isEqualTo(new Credits(50));
        assertThat(hold.closing()).isTrue();
    }

    @Example
    void itClosesWhenItsLastStatementHasNothingInFlightAndEverythingSpentHasSettled() {
        var waiting = opened(100).state(1, new Credits(30), Credits.ZERO, true);
        assertThat(waiting.status()).isEqualTo(Status.ACTIVE);
        assertThat(waiting.settle(new Credits(29)).status()).isEqualTo(Status.ACTIVE);
        assertThat(waiting.settle(new Credits(30)).status()).isEqualTo(Status.RELEASED);
    }

    @Example
    void aStatementSeenOrOlderChangesNothing() {
        var hold = opened(100).state(2, new Credits(30), new Credits(20), true);
        assertThat(hold.state(2, new Credits(99), Credits.ZERO, true)).isEqualTo(hold);
        assertThat(hold.state(1, Credits.ZERO, Credits.ZERO, true)).isEqualTo(hold);
    }

    @Example
    void silenceEndsItWithoutALastStatementButNeverWhatWasToldAsSpent() {
        assertThat(opened(100).expire().status()).isEqualTo(Status.EXPIRED);
        assertThat(opened(100)
                        .state(1, new Credits(40), Credits.ZERO, false)
                        .expire()
                        .left())
                .isEqualTo(Credits.ZERO);
        var told = opened(100).state(1, new Credits(40), Credits.ZERO, true);
        assertThat(told.expire()).isEqualTo(told);
        var running = opened(100).state(1, new Credits(40), new Credits(10), true);
        assertThat(running.expire().left()).isEqualTo(new Credits(40));
    }

    @Example
    void itIsExhaustedWhenItIsSettledWhole() {
        assertThat(opened(100).settle(new Credits(100)).status()).isEqualTo(Status.EXHAUSTED);
    }

    private static Hold opened(long amount) {
        return Hold.opened(new UUID(0, 1), new AccountId(1), "proxy", "http://127.0.0.1/", new Credits(amount));
    }
}
