package io.quotabank.proxy.spending;

import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.proxy.journal.Journal;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Ends leases that are idle or old, tells the ledger what it does not know until it has taken it, and forgets what is
 * over. When the process stops, ends them all.
 */
final class LeaseJob implements SmartLifecycle {

    /** After the web server's requests have ended, before the journal. */
    static final int PHASE = 1_000;

    private static final Logger log = LoggerFactory.getLogger(LeaseJob.class);
    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private record Pause(long untilNs, long lengthNs) {}

    private final Wallets wallets;
    private final Leases leases;
    private final Openings openings;
    private final LedgerClient ledger;
    private final Journal journal;
    private final LeaseProperties settings;
    private final ConcurrentMap<UUID, Pause> pauses = new ConcurrentHashMap<>();
    private final ConcurrentMap<UUID, Boolean> busy = new ConcurrentHashMap<>();
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean running;

    LeaseJob(
            Wallets wallets,
            Leases leases,
            Openings openings,
            LedgerClient ledger,
            Journal journal,
            LeaseProperties settings) {
        this.wallets = wallets;
        this.leases = leases;
        this.openings = openings;
        this.ledger = ledger;
        this.journal = journal;
        this.settings = settings;
    }

    @Override
    public void start() {
        running = true;
        Thread.ofPlatform().daemon().name("leases").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        long deadline = System.nanoTime() + settings.stopTimeout().toNanos();
        try {
            while (leases.size() > 0 && System.nanoTime() < deadline) {
                turn(0);
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        calls.shutdownNow();
        log.info("{} leases are left to the journal", leases.size());
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** Looks at everything once. */
    void turn(long idleNs) {
        long now = System.nanoTime();
        for (var wallet : wallets.all()) {
            var asked = wallet.asked();
            if (asked != null && asked.doubtful()) {
                call(asked.lease().id(), now, () -> openings.settleDoubt(wallet));
            }
            for (var lease : wallet.leases()) {
                if (asked == null || asked.lease() != lease) {
                    look(wallet, lease, now, idleNs);
                }
            }
            wallets.forgetWhenIdle(wallet, now);
        }
    }

    private void run() {
        try {
            while (running) {
                safeTurn();
                TimeUnit.NANOSECONDS.sleep(settings.checkEvery().toNanos());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    // Leases must not stay held because looking at one of them failed once.
    private void safeTurn() {
        try {
            turn(settings.idle().toNanos());
        } catch (RuntimeException broken) {
            log.error("looking at the leases failed", broken);
        }
    }

    private void look(Wallet wallet, Lease lease, long nowNs, long idleNs) {
        if (lease.idleOrOld(nowNs, idleNs)) {
            wallet.leave(lease);
            lease.lastStatement();
        }
        if (lease.hasNews()) {
            call(lease.id(), nowNs, () -> tell(lease));
        }
        if (lease.finish()) {
            journal.leaseEnded(lease.id());
            leases.remove(lease.id());
            wallet.forget(lease);
            pauses.remove(lease.id());
        }
    }

    private void tell(Lease lease) {
        Statement statement = lease.lastStatement();
        ledger.tell(statement);
        lease.taken(statement);
    }

    // One call at a time for each lease; after a failure ever longer pauses.
    private void call(UUID leaseId, long nowNs, Runnable call) {
        var pause = pauses.get(leaseId);
        if ((pause != null && nowNs - pause.untilNs() < 0) || busy.putIfAbsent(leaseId, true) != null) {
            return;
        }
        calls.execute(() -> {
            try {
                call.run();
                pauses.remove(leaseId);
            } catch (RuntimeException failed) {
                log.warn("the ledger took no word of lease {}: {}", leaseId, failed.toString());
                pauses.compute(leaseId, (id, last) -> longer(last));
            } finally {
                busy.remove(leaseId);
            }
        });
    }

    private Pause longer(@Nullable Pause last) {
        long length = last == null
                ? FIRST_PAUSE_NS
                : Math.min(2 * last.lengthNs(), settings.retryAtMost().toNanos());
        return new Pause(System.nanoTime() + length, length);
    }
}
