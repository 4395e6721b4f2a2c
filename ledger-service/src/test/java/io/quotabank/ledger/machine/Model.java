package io.quotabank.ledger.machine;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The whole ledger in memory, as docs/settlement.md says it in words. What it answers is {@code ok} or a code. */
final class Model {

    static final String OK = "ok";
    static final String TOO_LITTLE = "insufficient_credits";

    /** A consumption that can be refunded. */
    static final class Consumed {
        final UUID id;
        final Person person;
        final long amount;
        final Map<Lot, Long> given;
        boolean refunded;

        Consumed(UUID id, Person person, long amount, Map<Lot, Long> given) {
            this.id = id;
            this.person = person;
            this.amount = amount;
            this.given = given;
        }
    }

    final List<Person> people =
            IntStream.range(0, Run.PEOPLE).mapToObj(i -> new Person()).toList();
    final List<Consumed> consumed = new ArrayList<>();
    final List<Hold> leases = new ArrayList<>();
    final List<Hold> holds = new ArrayList<>();
    final List<Bought> orders = new ArrayList<>();
    long now;
    long loss;
    long earned;

    void recharge(Person person, long amount) {
        person.bookIfOwing(now);
        long added = person.tier.added(amount);
        if (added > 0) {
            give(person, added, 0, true);
        }
        person.recharge(amount, new Object(), now);
    }

    void give(Person person, long amount, int lives, boolean spentLater) {
        person.book(now);
        person.entries++;
        person.lots.add(new Lot(spentLater ? 20 : 10, lives == 0 ? Long.MAX_VALUE : now + lives, amount));
    }

    /** What it takes of gifts; empty where there is too little. */
    Optional<Map<Lot, Long>> consume(Person person, long amount) {
        person.book(now);
        return person.available() < amount ? Optional.empty() : Optional.of(person.spend(amount));
    }

    String refund(Consumed of, long amount) {
        if (amount > of.amount) {
            return "refund_too_large";
        }
        if (of.refunded) {
            return "consumption_refunded";
        }
        of.refunded = true;
        of.person.unspend(now, of.amount, amount, of.given);
        return OK;
    }

    /** What is granted; 0 where it is refused. */
    long lease(Person person, long need, long want, Key key, LocalDate day) {
        person.book(now);
        long available = key == null ? person.available() : Math.min(person.available(), key.left(day));
        return available < need ? 0 : Math.min(want, Math.max(need, available / 2));
    }

    void state(Hold lease, Step.State told) {
        if (lease.active() && told.sequence() > lease.sequence) {
            lease.sequence = told.sequence();
            lease.last |= told.last();
            if (lease.last) {
                long keeps = Math.max(0, told.spent() + told.inFlight() - lease.settled);
                lease.of.giveBack(now, lease, Math.max(0, lease.left() - keeps), "released");
            }
        }
    }

    /** All but the last give at most what was reserved in them, none more than it has left. */
    void use(List<Hold> leases, List<Long> atMost, long cost) {
        var left = new HashMap<Hold, Long>();
        var charges = new ArrayList<Long>();
        long rest = cost;
        for (int i = 0; i < leases.size(); i++) {
            long has = left.getOrDefault(leases.get(i), leases.get(i).left());
            long most = i == leases.size() - 1 ? has : Math.min(has, atMost.get(i));
            charges.add(Math.min(rest, most));
            left.put(leases.get(i), has - charges.get(i));
            rest -= charges.get(i);
        }
        leases.getFirst().of.charge(leases, charges);
        leases.forEach(lease -> lease.of.giveBack(now, lease, 0, "released"));
        loss += rest;
        earned += cost * 95 / 100;
    }

    String open(Person person, long amount) {
        person.book(now);
        return person.available() < amount ? TOO_LITTLE : OK;
    }

    String extend(Hold hold, long more) {
        if (!hold.active() || hold.due()) {
            hold.of.touch(now, hold);
            return "hold_ended";
        }
        hold.of.book(now);
        if (more > hold.of.available()) {
            return TOO_LITTLE;
        }
        hold.amount += more;
        return OK;
    }

    String release(Hold hold) {
        if (hold.due() || !(hold.active() || hold.status.equals("released"))) {
            hold.of.touch(now, hold);
            return "hold_ended";
        }
        hold.of.book(now);
        if (hold.active()) {
            hold.of.giveBack(now, hold, hold.left(), "released");
        }
        return OK;
    }

    String settle(Hold hold, long amount, boolean last) {
        if (hold.due() || hold.status.equals("expired")) {
            return settleLate(hold, amount);
        }
        if (!hold.active()) {
            return "hold_ended";
        }
        if (amount > hold.left()) {
            return "hold_exceeded";
        }
        hold.of.book(now);
        hold.of.charge(hold, amount);
        hold.of.giveBack(now, hold, last ? hold.left() : 0, "released");
        return OK;
    }

    private String settleLate(Hold hold, long amount) {
        if (hold.over.compareTo(Duration.ofDays(7)) >= 0) {
            hold.of.touch(now, hold);
            return "hold_expired";
        }
        long gaveBack = hold.active() ? hold.left() : hold.released;
        if (amount > gaveBack - hold.late) {
            hold.of.touch(now, hold);
            return "hold_exceeded";
        }
        hold.of.book(now);
        hold.of.touch(now, hold);
        if (amount > hold.of.available()) {
            return TOO_LITTLE;
        }
        hold.of.spend(amount);
        hold.late += amount;
        return OK;
    }

    void sweep() {
        people.forEach(person -> person.touch(now, holds));
    }

    /** Parts in the order of the basis points: what rounding down leaves goes to the largest remainders. */
    static long[] split(long amount, long... basisPoints) {
        var shares = LongStream.of(basisPoints)
                .mapToObj(points -> BigDecimal.valueOf(amount).multiply(BigDecimal.valueOf(points, 4)))
                .toList();
        var parts = shares.stream()
                .mapToLong(share -> share.setScale(0, RoundingMode.DOWN).longValueExact())
                .toArray();
        IntStream.range(0, parts.length)
                .boxed()
                .sorted(Comparator.comparing(at -> BigDecimal.valueOf(parts[at]).subtract(shares.get(at))))
                .limit(amount - LongStream.of(parts).sum())
                .forEach(at -> parts[at]++);
        return parts;
    }
}
