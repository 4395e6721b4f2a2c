package io.quotabank.ledger.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

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

    @Example
    void itWaitsForItsHolderUntilALastStatementHasNothingInFlight() {
        assertThat(opened(100).awaitsItsHolder()).isTrue();
        assertThat(opened(100).state(1, new Credits(30), Credits.ZERO, false).awaitsItsHolder())
                .isTrue();
        var running = opened(100).state(1, new Credits(30), new Credits(1), true);
        assertThat(running.awaitsItsHolder()).isTrue();
        assertThat(running.closing()).isTrue();
        var told = opened(100).state(1, new Credits(30), Credits.ZERO, true);
        assertThat(told.awaitsItsHolder()).isFalse();
        assertThat(told.closing()).isTrue();
        assertThat(opened(100).closing()).isFalse();
        var ended = opened(100).expire();
        assertThat(ended.awaitsItsHolder()).isFalse();
        assertThat(told.settle(new Credits(30)).closing()).isFalse();
    }

    @Example
    void whatWasToldAsSpentAndIsNotSettledIsAtMostWhatIsLeft() {
        var told = opened(100).state(1, new Credits(40), Credits.ZERO, false);
        assertThat(told.toldUnsettled()).isEqualTo(new Credits(40));
        assertThat(told.settle(new Credits(30)).toldUnsettled()).isEqualTo(new Credits(10));
        assertThat(told.settle(new Credits(60)).toldUnsettled()).isEqualTo(Credits.ZERO);
        assertThat(opened(100).state(1, new Credits(400), Credits.ZERO, false).toldUnsettled())
                .isEqualTo(new Credits(100));
    }

    @Example
    void whatItsEventsNeverToldGoesBackWhenItIsGivenUp() {
        var told = opened(100).state(1, new Credits(40), Credits.ZERO, true).settle(new Credits(10));
        var over = told.giveUp();
        assertThat(over.status()).isEqualTo(Status.EXPIRED);
        assertThat(over.released()).isEqualTo(new Credits(90));
        assertThat(over.settled()).isEqualTo(new Credits(10));
        assertThat(over.spentTold()).isEqualTo(new Credits(40));
        assertThat(over.statementSeq()).isEqualTo(1);
        assertThat(over.giveUp()).isSameAs(over);
    }

    @Example
    void whatIsOfExpiredGrantsIsChargedFirstAndTheRestOfItLapses() {
        var hold = with(0, 0, 30, Status.ACTIVE);
        var charged = hold.settle(new Credits(20));
        assertThat(charged.backed()).isEqualTo(new Credits(10));
        assertThat(charged.backedCharge(hold)).isEqualTo(new Credits(20));
        assertThat(charged.lapsed(hold)).isEqualTo(Credits.ZERO);
        var more = charged.settle(new Credits(20));
        assertThat(more.backed()).isEqualTo(Credits.ZERO);
        assertThat(more.backedCharge(charged)).isEqualTo(new Credits(10));
        var stated = charged.state(1, new Credits(25), Credits.ZERO, true);
        assertThat(stated.left()).isEqualTo(new Credits(5));
        assertThat(stated.backed()).isEqualTo(new Credits(5));
        assertThat(stated.lapsed(charged)).isEqualTo(new Credits(5));
        assertThat(charged.expire().lapsed(charged)).isEqualTo(new Credits(10));
    }

    @Example
    void whatDoesNotAddUpIsNoHold() {
        assertThat(with(60, 40, 0, Status.RELEASED).left()).isEqualTo(Credits.ZERO);
        assertThat(with(60, 0, 40, Status.ACTIVE).backed()).isEqualTo(new Credits(40));
        refused(() -> with(60, 41, 0, Status.RELEASED), "more than it has");
        refused(() -> opened(0), "more than it has");
        refused(() -> with(60, 40, 0, Status.ACTIVE), "wrong rest");
        refused(() -> with(60, 39, 0, Status.RELEASED), "wrong rest");
        refused(() -> with(60, 0, 41, Status.ACTIVE), "backed beyond");
    }

    @Example
    void itsStatusIsWrittenAsTheDatabaseKnowsIt() {
        for (var status : Status.values()) {
            assertThat(Status.of(status.wire())).isEqualTo(status);
        }
        assertThat(Status.EXHAUSTED.wire()).isEqualTo("exhausted");
    }

    private static void refused(ThrowingCallable made, String why) {
        assertThatThrownBy(made).isInstanceOf(BrokenRuleException.class).hasMessageContaining(why);
    }

    /** Of 100. */
    private static Hold with(long settled, long released, long backed, Status status) {
        return new Hold(
                new UUID(0, 1),
                new AccountId(1),
                "proxy",
                "http://127.0.0.1/",
                new Credits(100),
                new Credits(settled),
                new Credits(released),
                Credits.ZERO,
                Credits.ZERO,
                0,
                false,
                status,
                null,
                new Credits(backed));
    }

    private static Hold opened(long amount) {
        return Hold.opened(new UUID(0, 1), new AccountId(1), "proxy", "http://127.0.0.1/", new Credits(amount));
    }
}
