package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.People;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One person's credits in pots: paid ones, lots of given ones, and what open holds have of lots that expired. */
final class Person {

    final UUID id = UUID.randomUUID();
    final List<Lot> lots = new ArrayList<>(List.of(new Lot(10, Long.MAX_VALUE - 1, People.SIGN_UP)));
    final List<Hold> holds = new ArrayList<>();
    final List<Key> keys = List.of(new Key(), new Key());
    Tier tier = Tier.BRONZE;

    @Nullable
    Invitation invitation;

    long paid;
    long lapsed;
    long debt;
    long pledged;
    long expired;
    long entries = 1;

    long inLots() {
        return lots.stream().mapToLong(lot -> lot.left).sum();
    }

    long held() {
        return holds.stream().mapToLong(Hold::left).sum();
    }

    long backed() {
        return holds.stream().mapToLong(hold -> hold.backed).sum();
    }

    long posted() {
        return paid + inLots() + backed() + lapsed;
    }

    long available() {
        return posted() - held() - lapsed;
    }

    /** Sorting is stable: equals stay in the order in which they were given. */
    private List<Lot> inOrder() {
        return lots.stream()
                .sorted(Comparator.<Lot>comparingInt(lot -> lot.priority).thenComparingLong(lot -> lot.expires))
                .toList();
    }

    /** With what it brings for an invitation. */
    void recharge(long amount, Object knownBy, long now) {
        credit(amount);
        if (invitation != null) {
            invitation.recharged(knownBy, now);
        }
        settleDebt(amount);
    }

    void credit(long amount) {
        paid += amount;
        entries++;
    }

    /**
     * Given credits go first.
     *
     * @return what went of each lot, in order
     */
    Map<Lot, Long> spend(long amount) {
        entries++;
        var parts = new LinkedHashMap<Lot, Long>();
        paid -= fromLots(amount, parts);
        assertThat(paid).isNotNegative();
        return parts;
    }

    private long fromLots(long amount) {
        return fromLots(amount, new LinkedHashMap<>());
    }

    private long fromLots(long amount, Map<Lot, Long> parts) {
        long rest = amount;
        for (var lot : inOrder()) {
            long part = Math.min(lot.left, rest);
            lot.left -= part;
            rest -= part;
            if (part > 0) {
                parts.put(lot, part);
            }
        }
        return rest;
    }

    /** As if so much less had been spent. What belongs to a lot whose time is over goes on its way. */
    void unspend(long now, long spent, long amount, Map<Lot, Long> parts) {
        long kept = spent - amount;
        var back = new LinkedHashMap<Lot, Long>();
        for (var part : parts.entrySet()) {
            long over = Math.max(0, part.getValue() - kept);
            kept = Math.max(0, kept - part.getValue());
            if (over > 0) {
                back.put(part.getKey(), over);
            }
        }
        if (!back.isEmpty() || debt > 0) {
            book(now);
        }
        entries++;
        long asPaid = amount;
        for (var part : back.entrySet()) {
            asPaid -= giveBack(part.getKey(), part.getValue(), now);
        }
        paid += asPaid;
        settleDebt(asPaid);
    }

    /** @return what went to the lot: the rest had been asked back, and is paid for */
    private long giveBack(Lot lot, long part, long now) {
        long bought = Math.min(part, lot.claimed);
        if (lot.revoked || lot.expires <= now) {
            lot.claimed -= bought;
            lot.ended += part;
            lot.again += lot.revoked ? part : 0;
            expire(part - bought);
        } else {
            lot.left += part;
        }
        return part - bought;
    }

    /** No use of credits: paid ones go first. */
    void take(long amount) {
        entries++;
        long fromPaid = Math.min(paid, amount);
        paid -= fromPaid;
        assertThat(fromLots(amount - fromPaid)).isZero();
    }

    /** Credits come: what has expired is looked at where some of them are owed. */
    void bookIfOwing(long now) {
        if (debt > 0) {
            book(now);
        }
    }

    /** What is owed is paid out of what came. */
    void settleDebt(long came) {
        long amount = Math.min(debt, Math.min(came, available()));
        if (amount > 0) {
            take(amount);
            debt -= amount;
        }
        pledged = Math.min(pledged, Math.min(debt, held()));
    }

    /** What could not be taken back, for it was spent or is held. What is held pays for it when it comes back. */
    void owe(long amount) {
        debt += amount;
        pledged = Math.min(pledged + amount, held());
    }

    /** What the hold has of lots that expired goes first. */
    void charge(Hold hold, long amount) {
        charge(List.of(hold), List.of(amount));
    }

    /** The same of several holds, in one entry. */
    void charge(List<Hold> charged, List<Long> amounts) {
        long rest = amounts.stream().mapToLong(amount -> amount).sum();
        entries += rest > 0 ? 1 : 0;
        for (int i = 0; i < charged.size(); i++) {
            var hold = charged.get(i);
            long fromBacked = Math.min(hold.backed, amounts.get(i));
            hold.backed -= fromBacked;
            hold.settled += amounts.get(i);
            rest -= fromBacked;
        }
        paid -= fromLots(rest);
        assertThat(paid).isNotNegative();
        pledged = Math.min(pledged, held());
    }

    /** The rest of a hold becomes available, but for what it has of lots that expired; first it pays what it is pledged to. */
    void giveBack(long now, Hold hold, long amount, String ended) {
        if (pledged > 0 && amount > hold.backed - Math.min(hold.backed, hold.left() - amount)) {
            book(now);
        }
        pay(release(hold, amount, ended));
    }

    /** @return what became available */
    private long release(Hold hold, long amount, String ended) {
        hold.released += amount;
        long kept = Math.min(hold.backed, hold.left());
        long gone = hold.backed - kept;
        lapsed += gone;
        hold.backed = kept;
        if (hold.left() == 0) {
            hold.status = hold.released == 0 ? "exhausted" : ended;
        }
        return amount - gone;
    }

    private void pay(long came) {
        if (pledged > 0) {
            settleDebt(Math.min(pledged, came));
        }
    }

    /** Its time is over, and somebody looks. */
    void touch(long now, Hold hold) {
        if (hold.due()) {
            giveBack(now, hold, hold.left(), "expired");
        }
    }

    /** All whose time is over, at once. */
    void touch(long now, List<Hold> all) {
        var due = all.stream().filter(hold -> hold.of == this && hold.due()).toList();
        long comes = due.stream().mapToLong(hold -> hold.left() - hold.backed).sum();
        if (pledged > 0 && comes > 0) {
            book(now);
        }
        pay(due.stream()
                .mapToLong(hold -> release(hold, hold.left(), "expired"))
                .sum());
    }

    /** What has expired goes, but for what open holds have of it: they count as if they were spent. */
    void book(long now) {
        end(now, null);
    }

    /**
     * The same, and one lot ends whatever its time.
     *
     * @return what was left of that one, and free
     */
    long end(long now, @Nullable Lot ending) {
        long free = 0;
        long toHold = held() - backed();
        for (var lot : inOrder()) {
            long reserved = Math.min(lot.left, toHold);
            toHold -= reserved;
            if (lot == ending || lot.expires <= now) {
                free += lot == ending ? lot.left - reserved : 0;
                expire(lot.left - reserved);
                lot.ended += lot.left;
                lot.left = 0;
                back(reserved);
            }
        }
        expire(lapsed);
        lapsed = 0;
        return free;
    }

    private void expire(long amount) {
        expired += amount;
        entries += amount > 0 ? 1 : 0;
    }

    /** The oldest hold gets it first. */
    private void back(long amount) {
        long rest = amount;
        for (var hold : holds.stream()
                .sorted(Comparator.comparing(hold -> hold.id.toString()))
                .toList()) {
            long part = Math.min(rest, hold.left() - hold.backed);
            hold.backed += part;
            rest -= part;
        }
        assertThat(rest).isZero();
    }

    /** Everything that the service tells of it, too. */
    @Override
    public String toString() {
        return "posted %d held %d backed %d lapsed %d lots %d debt %d pledged %d entries %d"
                .formatted(posted(), held(), backed(), lapsed, inLots(), debt, pledged, entries);
    }
}
