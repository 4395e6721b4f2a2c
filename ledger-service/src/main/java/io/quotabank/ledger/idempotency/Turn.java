package io.quotabank.ledger.idempotency;

import io.quotabank.ledger.idempotency.Idempotency.Claim;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request under its keys among those that share a transaction, and its outcome once there is one.
 *
 * @param <A> what is asked for
 * @param <T> what is answered
 */
public final class Turn<A, T> {

    private final A asked;
    private final Claim claim;
    private @Nullable Outcome<T> outcome;
    private boolean isPutOff;

    private Turn(A asked, Claim claim) {
        this.asked = asked;
        this.claim = claim;
    }

    public static <A, T> List<Turn<A, T>> of(List<A> all, Function<? super A, Claim> claim) {
        return all.stream()
                .map(asked -> new Turn<A, T>(asked, claim.apply(asked)))
                .toList();
    }

    public A asked() {
        return asked;
    }

    public void answer(T answer) {
        outcome = new Outcome.Done<>(answer);
    }

    /** It is left for another transaction. */
    public void putOff() {
        isPutOff = true;
    }

    /** In their order; null for what was put off. All others have one. */
    public static <A, T> List<@Nullable Outcome<T>> outcomes(List<Turn<A, T>> turns) {
        var outcomes = new ArrayList<@Nullable Outcome<T>>(turns.size());
        for (var turn : turns) {
            if (turn.outcome == null && !turn.isPutOff) {
                throw new IllegalStateException("a request has no outcome");
            }
            outcomes.add(turn.outcome);
        }
        return outcomes;
    }

    Claim claim() {
        return claim;
    }

    @Nullable
    Outcome<T> outcome() {
        return outcome;
    }

    void known(Outcome<T> before) {
        outcome = before;
    }
}
