package io.quotabank.ledger.transfer;

import java.util.Arrays;

/**
 * What accounts hold that is pledged to a debt: it was held when credits were taken back, and so could not be taken. As it
 * comes back it pays the debt before anybody reserves or spends it; what is charged of it is no longer there to be pledged.
 */
final class Pledges {

    private final long[] pledged;
    private final long[] back;
    private boolean changed;

    Pledges(int size) {
        pledged = new long[size];
        back = new long[size];
    }

    /** A process of the release before lowers what is held and not what is pledged of it. */
    void put(int at, long pledgedNow, long held) {
        pledged[at] = Math.min(pledgedNow, held);
    }

    long pledged(int at) {
        return pledged[at];
    }

    /** What came back and has not paid yet. */
    long back(int at) {
        return back[at];
    }

    void pledge(int at, long amount) {
        back[at] = 0;
        set(at, amount);
    }

    /** @param amount that holds gave back to what is available */
    void release(int at, long amount) {
        back[at] = Math.min(pledged[at], back[at] + amount);
    }

    /** No more is pledged than is held, or came back just now. */
    void within(int at, long held) {
        if (pledged[at] > held + back[at]) {
            set(at, held + back[at]);
        }
    }

    private void set(int at, long amount) {
        if (pledged[at] != amount) {
            pledged[at] = amount;
            changed = true;
        }
    }

    boolean changed() {
        return changed;
    }

    boolean anyBack() {
        return Arrays.stream(back).anyMatch(amount -> amount > 0);
    }

    void written() {
        changed = false;
    }

    long[] pledged(int[] at) {
        return Books.pick(pledged, at);
    }
}
