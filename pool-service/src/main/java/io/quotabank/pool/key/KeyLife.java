package io.quotabank.pool.key;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The life of a key: what each happening makes of it. Pure, so that every path can be walked. A change that the rules
 * don't allow is empty; one that makes no difference gives an equal value.
 *
 * @param proven whether it has ever passed its verification
 * @param pausedByPlatform true only while paused, and only the platform resumes it then
 * @param claimed the quota that its depositor claimed, as list cost; null where none was claimed
 * @param quota the quota that is counted on, as list cost, from its first use; null where unlimited or unknown
 * @param used list cost of all metered use; may pass {@code quota}, since requests run side by side
 */
public record KeyLife(
        State state,
        boolean proven,
        boolean pausedByPlatform,
        @Nullable Credits claimed,
        @Nullable Credits quota,
        Credits used) {

    public KeyLife {
        if (pausedByPlatform && state != State.PAUSED) {
            throw new IllegalArgumentException("only a paused key is paused by the platform");
        }
    }

    static KeyLife deposited(@Nullable Credits claimed) {
        return new KeyLife(State.VERIFYING, false, false, claimed, claimed, Credits.ZERO);
    }

    /** List-price quota left; null where unlimited or unknown. A depleted key has none, whatever is counted. */
    public @Nullable Credits remaining() {
        if (state == State.DEPLETED) {
            return Credits.ZERO;
        }
        return quota == null ? null : quota.minusOrZero(used);
    }

    /** Refused before it ever passed, or withdrawn: its secret is gone. */
    public boolean keepsSecret() {
        return state != State.WITHDRAWN && (state != State.INVALID || proven);
    }

    /** Routers hear of a key from its first proof on, and of every withdrawal. */
    boolean told() {
        return proven || state == State.WITHDRAWN;
    }

    /**
     * Real calls have succeeded.
     *
     * @param told the balance that the provider tells, as list cost: it overrules the count, within what was claimed
     */
    KeyLife prove(@Nullable Credits told, Credits lowBelow) {
        if (state == State.WITHDRAWN || state == State.INVALID) {
            return this;
        }
        var counted = told == null ? quota : within(claimed, used.plus(told));
        boolean leftToAPerson = state == State.PAUSED || state == State.FLAGGED;
        return new KeyLife(
                leftToAPerson ? state : byQuota(counted, used, lowBelow),
                true,
                pausedByPlatform,
                claimed,
                counted,
                used);
    }

    private static Credits within(@Nullable Credits most, Credits amount) {
        return most == null ? amount : amount.min(most);
    }

    /** The provider has said that the key is no good. */
    KeyLife disprove() {
        return state == State.WITHDRAWN ? this : in(State.INVALID);
    }

    /** The provider has said that nothing is left: that overrules the count, which stays for when there is again. */
    KeyLife exhaust() {
        return routable() || (state == State.VERIFYING && proven) ? in(State.DEPLETED) : this;
    }

    /** Only a key that serves is left alone for a while. */
    boolean coolable() {
        return routable();
    }

    /** Something is wrong with it that no machine can decide: a person is to look at it. */
    KeyLife flag() {
        return routable() ? in(State.FLAGGED) : this;
    }

    /** A metered use at the provider's list price. */
    KeyLife use(Credits listCost, Credits lowBelow) {
        var sum = used.plus(listCost);
        var next = routable() ? byQuota(quota, sum, lowBelow) : state;
        return new KeyLife(next, proven, pausedByPlatform, claimed, quota, sum);
    }

    /** The provider takes back what is unused. */
    KeyLife expire() {
        var nothingLeft = new KeyLife(state, proven, pausedByPlatform, claimed, used, used);
        return routable() ? nothingLeft.in(State.DEPLETED) : nothingLeft;
    }

    Optional<KeyLife> pause(boolean byPlatform) {
        return switch (state) {
            case ACTIVE, LOW -> Optional.of(paused(byPlatform));
            // They serve nothing as it is, and an owner's pause would be a way back around the verification.
            case DEPLETED, FLAGGED -> byPlatform ? Optional.of(paused(true)) : Optional.empty();
            // An owner's pause on top of the platform's does not hand the key back to its owner.
            case PAUSED ->
                Optional.of(new KeyLife(state, proven, pausedByPlatform || byPlatform, claimed, quota, used));
            case VERIFYING, INVALID, WITHDRAWN -> Optional.empty();
        };
    }

    /**
     * Puts a key back to work. One that was found invalid, flagged or used up is verified first; where our own count
     * was used up, only a balance that the provider tells counts from then on, because the claim is used up.
     */
    Optional<KeyLife> resume(boolean byPlatform, Credits lowBelow) {
        return switch (state) {
            case PAUSED ->
                pausedByPlatform && !byPlatform ? Optional.empty() : Optional.of(in(byQuota(quota, used, lowBelow)));
            case DEPLETED ->
                Optional.of(new KeyLife(State.VERIFYING, proven, false, countedUp() ? null : claimed, quota, used));
            case FLAGGED -> Optional.of(in(State.VERIFYING));
            case INVALID -> proven ? Optional.of(in(State.VERIFYING)) : Optional.empty();
            case VERIFYING, ACTIVE, LOW -> Optional.of(this);
            case WITHDRAWN -> Optional.empty();
        };
    }

    KeyLife withdraw() {
        return in(State.WITHDRAWN);
    }

    /** A platform key's secret or address has changed in the environment. */
    KeyLife replace() {
        return new KeyLife(State.VERIFYING, proven, false, claimed, quota, used);
    }

    private boolean routable() {
        return state == State.ACTIVE || state == State.LOW;
    }

    private boolean countedUp() {
        return quota != null && quota.minusOrZero(used).isZero();
    }

    private KeyLife paused(boolean byPlatform) {
        return new KeyLife(State.PAUSED, proven, byPlatform, claimed, quota, used);
    }

    private KeyLife in(State next) {
        return new KeyLife(next, proven, next == State.PAUSED && pausedByPlatform, claimed, quota, used);
    }

    private static State byQuota(@Nullable Credits quota, Credits used, Credits lowBelow) {
        if (quota == null) {
            return State.ACTIVE;
        }
        var left = quota.minusOrZero(used);
        if (left.isZero()) {
            return State.DEPLETED;
        }
        return left.compareTo(lowBelow) < 0 ? State.LOW : State.ACTIVE;
    }
}
