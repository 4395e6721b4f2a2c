package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.People;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/** One person's credits in pots: paid ones, lots of given ones, and what open holds have of lots that expired. */
final class Person {

    /** Given credits. */
    static final class Lot {
        final int priority;
        final long expires;
        long left;

        Lot(int priority, long expires, long left) {
            this.priority = priority;
            this.expires = expires;
            this.left = left;
        }
    }

    /** A lease, or a hold of an application. */
    static final class Hold {
        final UUID id;
        final Person of;
        long amount;
        long settled;
        long released;
        long late;
        long backed;
        String status = "active";
        Duration over = Duration.ofSeconds(-1);
        long sequence;
        boolean last;

        Hold(UUID id, Person of, long amount) {
            this.id = id;
            this.of = of;
            this.amount = amount;
        }

        long left() {
            return amount - settled - released;
        }

        boolean active() {
            return status.equals("active");
        }

        boolean due() {
            return active() && !over.isNegative();
        }

        @Override
        public String toString() {
            return amount + " " + settled + " " + released + " " + late + " " + backed + " " + status;
        }
    }

    final UUID id = UUID.randomUUID();
    final List<Lot> lots = new ArrayList<>(List.of(new Lot(10, Long.MAX_VALUE - 1, People.SIGN_UP)));
    final List<Hold> holds = new ArrayList<>();
    long paid;
    long lapsed;
    long debt;
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

    void credit(long amount) {
        paid += amount;
        entries++;
    }

    /** Given credits go first. */
    void spend(long amount) {
        entries++;
        paid -= fromLots(amount);
        assertThat(paid).isNotNegative();
    }

    private long fromLots(long amount) {
        long rest = amount;
        for (var lot : inOrder()) {
            long part = Math.min(lot.left, rest);
            lot.left -= part;
            rest -= part;
        }
        return rest;
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
    }

    /** What the hold has of lots that expired goes first. */
    void charge(Hold hold, long amount) {
        if (amount > 0) {
            entries++;
            long fromBacked = Math.min(hold.backed, amount);
            hold.backed -= fromBacked;
            hold.settled += amount;
            paid -= fromLots(amount - fromBacked);
            assertThat(paid).isNotNegative();
        }
    }

    /** The rest of a hold becomes available, but for what it has of lots that expired. */
    void giveBack(Hold hold, long amount, String ended) {
        hold.released += amount;
        long kept = Math.min(hold.backed, hold.left());
        lapsed += hold.backed - kept;
        hold.backed = kept;
        if (hold.left() == 0) {
            hold.status = hold.released == 0 ? "exhausted" : ended;
        }
    }

    /** Its time is over, and somebody looks. */
    void touch(Hold hold) {
        if (hold.due()) {
            giveBack(hold, hold.left(), "expired");
        }
    }

    /** What has expired goes, but for what open holds have of it: they count as if they were spent. */
    void book(long now) {
        long toHold = held() - backed();
        for (var lot : inOrder()) {
            long reserved = Math.min(lot.left, toHold);
            toHold -= reserved;
            if (lot.expires <= now) {
                expire(lot.left - reserved);
                lot.left = 0;
                back(reserved);
            }
        }
        expire(lapsed);
        lapsed = 0;
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
        return "posted %d held %d backed %d lapsed %d lots %d debt %d entries %d"
                .formatted(posted(), held(), backed(), lapsed, inLots(), debt, entries);
    }
}
