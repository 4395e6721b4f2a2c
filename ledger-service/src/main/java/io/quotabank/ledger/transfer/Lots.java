package io.quotabank.ledger.transfer;

import io.quotabank.ledger.account.BrokenRuleException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much of accounts' balances is given credits, without the lots themselves.
 *
 * <p>A person's lots are spent in a fixed order (priority, earliest expiry, oldest), paid credits last. Between two changes
 * of the set of lots it is enough to know how much was spent in all: a spending of {@code x} takes from the lots in order
 * until {@code x} is reached, so one of {@code x} and then one of {@code y} leave each lot with exactly what one of
 * {@code x + y} leaves. So spending changes nothing here. The account counts what debits ever took, {@code debited}; {@code
 * spread} is how far of that has been taken from the lots, {@code lots} what they had left then. Whoever changes the set
 * (a gift, an expiry) has the account's lock and first takes {@code debited - spread} from the lots in order.
 *
 * <p>At any instant the lots have {@code max(0, lots - (debited - spread))} left, and the rest of the balance is paid. A
 * debit that spends nothing takes paid credits first, and holds' credits of expired lots ({@code backed}) are of no lot any
 * more: for these {@code spread} advances with {@code debited}.
 */
final class Lots {

    private final long[] lots;
    private final long[] spread;
    private final long[] backed;
    private final long[] lapsed;
    private final @Nullable Instant[] nextExpiry;
    private final boolean[] due;
    private boolean changed;

    Lots(int size) {
        lots = new long[size];
        spread = new long[size];
        backed = new long[size];
        lapsed = new long[size];
        nextExpiry = new Instant[size];
        due = new boolean[size];
    }

    void put(
            int at,
            long lotsNow,
            long spreadNow,
            long backedNow,
            long lapsedNow,
            @Nullable Instant nextExpiryNow,
            boolean dueNow) {
        lots[at] = lotsNow;
        spread[at] = spreadNow;
        backed[at] = backedNow;
        lapsed[at] = lapsedNow;
        nextExpiry[at] = nextExpiryNow;
        due[at] = dueNow;
    }

    boolean due(int at) {
        return due[at];
    }

    long backed(int at) {
        return backed[at];
    }

    long lapsed(int at) {
        return lapsed[at];
    }

    long unspread(int at, long debited) {
        return debited - spread[at];
    }

    long left(int at, long debited) {
        return Math.max(0, lots[at] - unspread(at, debited));
    }

    void spread(int at, long left, long debited, long backedMore, @Nullable Instant next) {
        lots[at] = left;
        spread[at] = debited;
        backed[at] += backedMore;
        lapsed[at] = 0;
        nextExpiry[at] = next;
        due[at] = false;
        changed = true;
    }

    void add(int at, long amount, @Nullable Instant expiresAt) {
        lots[at] += amount;
        var next = nextExpiry[at];
        if (expiresAt != null && (next == null || expiresAt.isBefore(next))) {
            nextExpiry[at] = expiresAt;
        }
        changed = true;
    }

    /** From a hold back to nobody: not available any more, and found by its expiry, long ago, to be booked. */
    void lapse(int at, long amount) {
        if (amount > 0) {
            backed[at] -= amount;
            lapsed[at] += amount;
            nextExpiry[at] = Instant.EPOCH;
            changed = true;
        }
    }

    /**
     * Before {@code debited} grows by an amount.
     *
     * @param fromBacked the part of it that a hold had of expired lots
     */
    void debit(int at, long amount, long fromBacked, boolean spends, long posted, long debited) {
        if (fromBacked < 0 || fromBacked > amount || fromBacked > backed[at]) {
            throw new BrokenRuleException(
                    "a charge takes " + fromBacked + " of the " + backed[at] + " that holds have");
        }
        if (fromBacked > 0) {
            backed[at] -= fromBacked;
            spread[at] += fromBacked;
            changed = true;
        }
        if (!spends && lots[at] > 0) {
            long paid = posted - left(at, debited) - backed[at] - lapsed[at];
            // What the paid credits lack is taken from the lots, as spending would.
            spread[at] += Math.min(amount, Math.max(0, paid));
            changed = true;
        }
    }

    /** Whether a balance has room for all that is told of it here. */
    boolean fit(int at, long posted, long held, long debited) {
        return backed[at] >= 0
                && backed[at] <= held
                && spread[at] <= debited
                && left(at, debited) + backed[at] + lapsed[at] <= posted
                && held + lapsed[at] <= posted;
    }

    /** Whether anything has to be written. */
    boolean changed() {
        return changed;
    }

    void written() {
        changed = false;
    }

    /** Of these: lots, spread, backed, lapsed. */
    List<long[]> columns(int[] at) {
        return Stream.of(lots, spread, backed, lapsed)
                .map(column -> Books.pick(column, at))
                .toList();
    }

    @Nullable
    Instant[] nextExpiry(int[] at) {
        return Arrays.stream(at).mapToObj(i -> nextExpiry[i]).toArray(Instant[]::new);
    }
}
