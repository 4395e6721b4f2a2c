package io.quotabank.ledger.machine;

import io.quotabank.ledger.People;
import io.quotabank.ledger.paymentprovider.PaymentProvider.DisputeState;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** What can happen. Amounts are micro-credits; what came earlier is told by its number, modulo how many there are. */
sealed interface Step {

    /** Units of {@link Run#UNIT}. */
    int DAY = (int) Duration.ofDays(1).dividedBy(Run.UNIT);

    /** Where it happens, and what happens to the process meanwhile. */
    record Move(Step step, int process, Crash crash, int commits) {}

    /** Who gets what a hold settles. */
    enum Share {
        PLATFORM,
        MARKET_SALE,
        CONSIGNMENT
    }

    record Recharge(int person, long amount) implements Step {}

    record Consume(int person, long amount) implements Step {}

    record Refund(int consumption, long amount) implements Step {}

    /** Limits of the first or second key of a person; 0 is none. */
    record Limit(int person, int key, long total, long daily, long monthly) implements Step {}

    /**
     * @param key 1 or 2; 0 without a cap
     * @param behind how many versions of its limits the proxy has not heard of
     */
    record OpenLease(int person, long need, long want, int key, int behind) implements Step {
        OpenLease(int person, long need, long want) {
            this(person, need, want, 0, 0);
        }
    }

    record State(int lease, long sequence, long spent, long inFlight, boolean last) implements Step {}

    record Use(int lease, long cost) implements Step {}

    /** Of leases of one person; the last gives what remains. */
    record UseSeveral(int first, int second, int third, long fromFirst, long fromSecond, long cost) implements Step {}

    record OpenHold(int person, long amount) implements Step {}

    record Extend(int hold, long more) implements Step {}

    record Settle(int hold, long amount, Share share, boolean last) implements Step {}

    record Release(int hold) implements Step {}

    /** The hold's time has been over for so long. */
    record Over(int hold, Duration time) implements Step {}

    record Sweep() implements Step {}

    /** @param lives units of {@link Run#UNIT}; 0 for ever */
    record Give(int person, long amount, int lives, boolean spentLater) implements Step {}

    record Pass(int units) implements Step {}

    record Promote(int person, Tier tier) implements Step {}

    /** Somebody looks at a balance. */
    record Look(int person) implements Step {}

    record Order(int person) implements Step {}

    /** @param odd of another amount than the order's */
    record Paid(int order, int transaction, boolean odd) implements Step {}

    record Refunded(int order, int transaction, int key, long fen, RefundState state) implements Step {}

    record Disputed(int order, int transaction, int key, long fen, DisputeState state) implements Step {}

    /** What was asked before is asked again. */
    record Again(int earlier) implements Step {}

    /** Under what was asked before something else is asked. */
    record OtherBody(int earlier) implements Step {}

    static Arbitrary<Move> moves() {
        var crash = Arbitraries.frequency(
                Tuple.of(6, Crash.NEVER), Tuple.of(1, Crash.BEFORE_COMMIT), Tuple.of(1, Crash.AFTER_COMMIT));
        return Combinators.combine(
                        steps(),
                        Arbitraries.integers().between(0, 1),
                        crash,
                        Arbitraries.integers().between(0, 1))
                .as(Move::new);
    }

    private static Arbitrary<Step> steps() {
        return Arbitraries.frequencyOf(
                Tuple.of(6, credits()),
                Tuple.of(7, leases()),
                Tuple.of(9, holds()),
                Tuple.of(6, gifts()),
                Tuple.of(6, payments()),
                Tuple.of(4, repeats()));
    }

    private static Arbitrary<Long> amounts() {
        return Arbitraries.longs().between(1, 300_000_000);
    }

    private static Arbitrary<Integer> people() {
        return Arbitraries.integers().between(0, Run.PEOPLE - 1);
    }

    private static Arbitrary<Integer> any() {
        return Arbitraries.integers().between(0, 9);
    }

    private static Arbitrary<Step> credits() {
        Arbitrary<Step> recharge = Combinators.combine(people(), amounts()).as(Recharge::new);
        Arbitrary<Step> consume = Combinators.combine(people(), amounts()).as(Consume::new);
        Arbitrary<Step> refund = Combinators.combine(any(), amounts()).as(Refund::new);
        Arbitrary<Step> promote =
                Combinators.combine(people(), Arbitraries.of(Tier.class)).as(Promote::new);
        return Arbitraries.frequencyOf(
                Tuple.of(2, recharge), Tuple.of(3, consume), Tuple.of(3, refund), Tuple.of(1, promote));
    }

    private static Arbitrary<Step> leases() {
        Arbitrary<Step> open = Combinators.combine(
                        people(), amounts(), amounts(), Arbitraries.of(0, 0, 1, 1, 2), Arbitraries.of(0, 0, 1))
                .as((person, need, more, key, behind) ->
                        new OpenLease(person, need / 2 + 1, Math.max(need, more), key, behind));
        var limits = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(0L)),
                Tuple.of(2, Arbitraries.longs().between(1, 500_000_000)));
        Arbitrary<Step> limit = Combinators.combine(people(), Arbitraries.of(1, 1, 2), limits, limits, limits)
                .as(Limit::new);
        Arbitrary<Step> state = Combinators.combine(
                        any(), Arbitraries.longs().between(0, 5), amounts(), amounts(), Arbitraries.of(true, false))
                .as(State::new);
        Arbitrary<Step> use = Combinators.combine(any(), amounts()).as(Use::new);
        Arbitrary<Step> several = Combinators.combine(any(), any(), any(), amounts(), amounts(), amounts())
                .as((first, second, third, one, two, cost) ->
                        new UseSeveral(first, second, third, one / 4, two / 4, cost));
        return Arbitraries.frequencyOf(
                Tuple.of(5, open), Tuple.of(1, limit), Tuple.of(3, state), Tuple.of(3, use), Tuple.of(3, several));
    }

    private static Arbitrary<Step> holds() {
        Arbitrary<Step> open = Combinators.combine(people(), amounts()).as(OpenHold::new);
        Arbitrary<Step> extend = Combinators.combine(any(), amounts()).as(Extend::new);
        Arbitrary<Step> settle = Combinators.combine(
                        any(), amounts(), Arbitraries.of(Share.class), Arbitraries.of(true, false, false))
                .as(Settle::new);
        Arbitrary<Step> release = any().map(Release::new);
        Arbitrary<Step> over = Combinators.combine(
                        any(), Arbitraries.of(Duration.ZERO, Duration.ofDays(6), Duration.ofDays(7)))
                .as(Over::new);
        Arbitrary<Step> sweep = Arbitraries.create(Sweep::new);
        return Arbitraries.frequencyOf(
                Tuple.of(4, open),
                Tuple.of(2, extend),
                Tuple.of(6, settle),
                Tuple.of(1, release),
                Tuple.of(3, over),
                Tuple.of(1, sweep));
    }

    private static Arbitrary<Step> gifts() {
        Arbitrary<Step> give = Combinators.combine(
                        people(), amounts(), Arbitraries.integers().between(0, 4), Arbitraries.of(true, false))
                .as(Give::new);
        Arbitrary<Step> pass = Arbitraries.integers().between(1, 3).map(Pass::new);
        Arbitrary<Step> look = people().map(Look::new);
        return Arbitraries.frequencyOf(Tuple.of(4, give), Tuple.of(3, pass), Tuple.of(2, look));
    }

    private static Arbitrary<Step> payments() {
        var fen = Arbitraries.longs().between(1, Bought.FEN);
        var transaction = Arbitraries.of(0, 0, 0, 1);
        var key = Arbitraries.integers().between(0, 2);
        Arbitrary<Step> order = people().map(Order::new);
        Arbitrary<Step> paid = Combinators.combine(any(), transaction, Arbitraries.of(true, false, false, false))
                .as(Paid::new);
        Arbitrary<Step> refunded = Combinators.combine(any(), transaction, key, fen, Arbitraries.of(RefundState.class))
                .as(Refunded::new);
        Arbitrary<Step> disputed = Combinators.combine(any(), transaction, key, fen, Arbitraries.of(DisputeState.class))
                .as(Disputed::new);
        return Arbitraries.frequencyOf(
                Tuple.of(3, order), Tuple.of(5, paid), Tuple.of(3, refunded), Tuple.of(3, disputed));
    }

    private static Arbitrary<Step> repeats() {
        var earlier = Arbitraries.integers().between(0, 40);
        Arbitrary<Step> again = earlier.map(Again::new);
        Arbitrary<Step> other = earlier.map(OtherBody::new);
        return Arbitraries.frequencyOf(Tuple.of(3, again), Tuple.of(1, other));
    }

    /** Anything at all, and three times in four after something that chance alone seldom makes. */
    static Arbitrary<List<Move>> plays() {
        var stories = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.just(List.<Step>of())),
                Tuple.of(4, expiredWhileHeld()),
                Tuple.of(2, cappedOverMidnight()),
                Tuple.of(1, paidFromAnExpiredGiftInSeveralLeases()),
                Tuple.of(1, settledLateTwice()),
                Tuple.of(1, chargedBackWhenSpent()),
                Tuple.of(2, chargedBackWhileHeld()),
                Tuple.of(2, refundedWhenExpired()));
        return Combinators.combine(stories, moves().list().ofMinSize(15).ofMaxSize(50))
                .as((story, moves) -> Stream.concat(
                                story.stream().map(step -> new Move(step, 0, Crash.NEVER, 0)), moves.stream())
                        .toList());
    }

    private static Arbitrary<List<Step>> expiredWhileHeld() {
        var held = Combinators.combine(people(), amounts());
        return Arbitraries.oneOf(
                held.as((person, amount) -> held(person, amount, new OpenHold(person, amount), new Release(0))),
                held.as((person, amount) -> held(
                        person,
                        amount,
                        new OpenHold(person, amount),
                        new Settle(0, (amount + 1) / 2, Share.MARKET_SALE, true))),
                held.as((person, amount) ->
                        held(person, amount, new OpenHold(person, amount), new Over(0, Duration.ZERO), new Sweep())),
                held.as((person, amount) -> held(
                        person,
                        amount,
                        new OpenLease(person, amount, amount),
                        new State(0, 1, amount / 2, 0, true),
                        new Use(0, amount / 2))));
    }

    /** What was leased under a cap yesterday is charged today; it counts in the day in which it was leased. */
    private static Arbitrary<List<Step>> cappedOverMidnight() {
        return Combinators.combine(people(), amounts(), Arbitraries.of(1, 27))
                .as((person, amount, days) -> List.of(
                        new Limit(person, 1, 0, amount, 2 * amount),
                        new OpenLease(person, amount, amount, 1, 0),
                        new OpenLease(person, 1, amount, 1, 0),
                        new Use(0, amount / 3 + 1),
                        new Pass(days * DAY),
                        new OpenLease(person, 1, amount, 1, 0),
                        new UseSeveral(0, 1, 0, amount / 3, amount / 3, amount),
                        new Limit(person, 1, amount, 0, 0),
                        new OpenLease(person, 1, amount, 1, 1),
                        new OpenLease(person, 1, amount, 1, 0),
                        new OpenLease(person, 1, amount, 1, 1)));
    }

    private static Arbitrary<List<Step>> paidFromAnExpiredGiftInSeveralLeases() {
        return Combinators.combine(people(), amounts(), amounts())
                .as((person, amount, cost) -> List.of(
                        new Give(person, amount, 1, false),
                        new OpenLease(person, amount / 2 + 1, amount / 2 + 1),
                        new OpenLease(person, amount / 2 + 1, amount / 2 + 1),
                        new Pass(2),
                        new Look(person),
                        new UseSeveral(0, 1, 0, amount / 4, amount / 4, cost),
                        new State(1, 1, 0, 0, true)));
    }

    private static Arbitrary<List<Step>> settledLateTwice() {
        return Combinators.combine(people(), amounts())
                .as((person, amount) -> List.of(
                        new OpenHold(person, amount),
                        new Over(0, Duration.ZERO),
                        new Sweep(),
                        new Settle(0, amount, Share.PLATFORM, false),
                        new Settle(0, amount, Share.PLATFORM, false)));
    }

    // What was given and what is bought is spent but for little, so the charge-back leaves a debt.
    private static Arbitrary<List<Step>> chargedBackWhenSpent() {
        return Combinators.combine(people(), amounts())
                .as((person, amount) -> List.of(
                        new Order(person),
                        new Paid(0, 0, false),
                        new Consume(person, People.SIGN_UP + Bought.CREDITS - 20),
                        new Disputed(0, 0, 0, Bought.FEN, DisputeState.OPEN),
                        new Recharge(person, amount)));
    }

    // All that there is, so the charge-back is owed; then it comes back, one way or another.
    private static Arbitrary<List<Step>> chargedBackWhileHeld() {
        long all = People.SIGN_UP + Bought.CREDITS;
        var ends = Arbitraries.of(
                new Release(0), new Settle(0, all / 3, Share.MARKET_SALE, true), new Over(0, Duration.ZERO));
        return Combinators.combine(people(), amounts(), ends)
                .as((person, amount, end) -> List.of(
                        new Order(person),
                        new Paid(0, 0, false),
                        new OpenHold(person, all - amount),
                        new OpenLease(person, amount, amount),
                        new Disputed(0, 0, 0, Bought.FEN, DisputeState.OPEN),
                        new State(0, 1, amount / 2, 0, true),
                        new Use(0, amount / 2),
                        end,
                        new Sweep()));
    }

    private static Arbitrary<List<Step>> refundedWhenExpired() {
        return Combinators.combine(people(), amounts(), amounts())
                .as((person, amount, more) -> List.of(
                        new Give(person, amount, 1, false),
                        new Consume(person, amount),
                        new Consume(person, more),
                        new Pass(2),
                        new Refund(0, amount),
                        new Refund(1, (more + 1) / 2)));
    }

    private static List<Step> held(int person, long amount, Step open, Step... ends) {
        var steps =
                new ArrayList<Step>(List.of(new Give(person, amount, 1, false), open, new Pass(2), new Look(person)));
        steps.addAll(List.of(ends));
        return steps;
    }
}
