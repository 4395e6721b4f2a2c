package io.quotabank.pool.verification;

import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Takes verifications that are due, a few at once, and asks for those that are due every day. */
@Component
class VerificationJob implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(VerificationJob.class);

    private final VerificationStore store;
    private final VerificationWork work;
    private final VerificationProperties properties;
    private final Clock clock;
    private final Ids ids;
    private final Semaphore free;
    private final ExecutorService workers = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("verification-", 0).factory());

    VerificationJob(
            VerificationStore store, VerificationWork work, VerificationProperties properties, Clock clock, Ids ids) {
        this.store = store;
        this.work = work;
        this.properties = properties;
        this.clock = clock;
        this.ids = ids;
        this.free = new Semaphore(properties.concurrency());
    }

    @Scheduled(fixedDelayString = "${quotabank.verification.poll:500ms}")
    void takeDue() {
        while (free.tryAcquire()) {
            var taken = false;
            try {
                var now = clock.instant();
                var claim = store.claim(ids.next(), now, now.plus(properties.claimFor()));
                claim.ifPresent(due -> workers.execute(() -> run(due)));
                taken = claim.isPresent();
            } finally {
                if (!taken) {
                    free.release();
                }
            }
            if (!taken) {
                return;
            }
        }
    }

    private void run(VerificationStore.Claim claim) {
        try {
            work.run(claim);
        } catch (RuntimeException failed) {
            // The claim lapses, and somebody tries again.
            LOG.warn("verification {} was interrupted: {}", claim.id(), failed.toString());
        } finally {
            free.release();
        }
    }

    @Scheduled(fixedDelayString = "${quotabank.verification.look-every:60s}", initialDelayString = "10s")
    void askAgain() {
        var now = clock.instant();
        store.daily(now, now.minus(properties.every()));
        store.forget(now.minus(properties.keepFor()));
    }

    @Override
    public void destroy() {
        workers.shutdownNow();
    }
}
