package io.quotabank.systemtests.bench;

import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * Load that is not measured, for just-in-time compilers: they take minutes on two processors, and most of what a cold
 * process takes is theirs.
 */
final class WarmUp {

    private static final int MOST_ROUNDS = 12;
    // A further round that brings less than this is the last one.
    private static final double STEADY = 0.95;

    /** A round of load, and the processor time that a unit of it took, in microseconds. */
    @FunctionalInterface
    interface Round {
        double micros() throws Exception;
    }

    /**
     * Rounds until a further one is hardly cheaper.
     *
     * @param what what is measured, and its unit, to be printed
     */
    static void untilSteady(String what, String unit, Round round) throws Exception {
        double earlier = Double.MAX_VALUE;
        for (int i = 0; i < MOST_ROUNDS; i++) {
            double micros = round.micros();
            Bench.say(String.format(Locale.ROOT, "%s: %.0f us %s", what, micros, unit));
            if (micros > earlier * STEADY) {
                return;
            }
            earlier = micros;
        }
    }

    /** The same of a load of requests at the ledger, all of which are answered. */
    static void requests(Ledger ledger, String what, Callable<Load.Result> round) throws Exception {
        untilSteady("ledger", what, () -> {
            double before = Cpu.micros(ledger.processes());
            var result = Load.whole(round.call());
            return (Cpu.micros(ledger.processes()) - before) / result.requests();
        });
    }

    private WarmUp() {}
}
