package io.quotabank.ledger.machine;

import io.quotabank.ledger.Ledger;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Two processes on one database, in which nothing happens but what tests do. */
final class Machine {

    private static final Map<String, Object> BY_HAND = Map.ofEntries(
            Map.entry("quotabank.escrow.sweep-every", "1h"),
            Map.entry("quotabank.grant.sweep-every", "1h"),
            Map.entry("quotabank.earnings.every", "1h"),
            Map.entry("quotabank.payment.every", "10m"),
            Map.entry("quotabank.tail.every", "1h"),
            Map.entry("quotabank.seal.every", "1h"),
            Map.entry("quotabank.entry.start", "false"),
            Map.entry("quotabank.settlement.start", "false"),
            // Crashes are told as faults of the process, with their stacks.
            Map.entry("logging.level.root", "OFF"));

    /** Started on first use. */
    private static final class Running {
        static final List<Ledger> PROCESSES = start();

        private static List<Ledger> start() {
            var first = Ledger.with(BY_HAND, MovedClock.InPlaceOfTheSystems.class, Crash.Planted.class);
            first.asOwner("UPDATE tier SET recharge_bonus_bp = " + Tier.SILVER.basisPoints + " WHERE name = 'silver'");
            return new CopyOnWriteArrayList<>(List.of(first, another(first)));
        }
    }

    /** One of the two. */
    static Ledger process(int number) {
        return Running.PROCESSES.get(number % 2);
    }

    /** Another process takes the place of one that ends. */
    static void restart(int number) {
        process(number).close();
        Running.PROCESSES.set(number % 2, another(process(number + 1)));
    }

    private static Ledger another(Ledger running) {
        return running.another(BY_HAND, MovedClock.InPlaceOfTheSystems.class, Crash.Planted.class);
    }

    private Machine() {}
}
