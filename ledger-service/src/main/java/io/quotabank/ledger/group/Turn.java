package io.quotabank.ledger.group;

import org.jspecify.annotations.Nullable;

/**
 * A request among those that share a transaction, and its answer once there is one.
 *
 * @param <C> what is asked for
 * @param <R> what is answered
 */
public final class Turn<C, R> {

    private final C asked;
    private @Nullable R answer;
    private boolean isPutOff;

    public Turn(C asked) {
        this.asked = asked;
    }

    public C asked() {
        return asked;
    }

    public void answer(R given) {
        answer = given;
    }

    /** It is left for another transaction. */
    public void putOff() {
        isPutOff = true;
    }

    /** Null until there is one. */
    public @Nullable R answer() {
        return answer;
    }

    boolean isPutOff() {
        return isPutOff;
    }
}
