package io.quotabank.systemtests.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/** Usage events that wait on Kafka, and how fast the ledger settles them. */
final class Backlog {

    /** What settling most of a backlog took; its first and last polls are smaller than the others and do not count. */
    record Settled(long events, double seconds, double ledgerMicros, double postgresMicros) {
        double perSecond() {
            return events / seconds;
        }
    }

    /** How far the ledger had come at an instant. */
    private record Progress(long atNs, long settled) {}

    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final double BEGIN = 0.1;
    private static final double END = 0.95;

    private final Ledger ledger;
    private final UsageFeed feed;

    Backlog(Ledger ledger, UsageFeed feed) {
        this.ledger = ledger;
        this.feed = feed;
    }

    /** Sends events and waits until they are settled. */
    void warmUp(int events) throws InterruptedException, ExecutionException {
        send(events);
        awaitAll();
    }

    /** Makes one while the ledger stands still. */
    void make(int events) throws IOException, InterruptedException, SQLException {
        long pid = ledger.pid();
        signal("-STOP", pid);
        try {
            send(events);
            ledger.execute("CHECKPOINT");
        } finally {
            signal("-CONT", pid);
        }
    }

    /** Waits until most of it is settled. */
    Settled settle() throws InterruptedException, ExecutionException {
        var postgres = ledger.postgres();
        long before = total(feed.settled());
        long all = feed.sent() - before;
        var begun = await(before + (long) (all * BEGIN));
        double ledgerCpu = Cpu.micros(ledger.processes());
        double postgresCpu = Cpu.micros(postgres);
        var ended = await(before + (long) (all * END));
        return new Settled(
                ended.settled() - begun.settled(),
                (ended.atNs() - begun.atNs()) / 1e9,
                Cpu.micros(ledger.processes()) - ledgerCpu,
                Cpu.micros(postgres) - postgresCpu);
    }

    void awaitAll() throws InterruptedException, ExecutionException {
        await(feed.sent());
    }

    static long total(long[] offsets) {
        return Arrays.stream(offsets).sum();
    }

    private void send(int events) {
        for (int i = 0; i < events; i++) {
            feed.send();
        }
        feed.flush();
    }

    private Progress await(long wanted) throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            long settled = total(feed.settled());
            if (settled >= wanted) {
                return new Progress(System.nanoTime(), settled);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        throw new IllegalStateException("the ledger has settled " + total(feed.settled()) + " of " + wanted);
    }

    private static void signal(String signal, long pid) throws IOException, InterruptedException {
        if (new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor() != 0) {
            throw new IOException("process " + pid + " took no signal " + signal);
        }
    }
}
