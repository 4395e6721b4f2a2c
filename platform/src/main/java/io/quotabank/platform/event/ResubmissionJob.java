package io.quotabank.platform.event;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.modulith.events.FailedEventPublications;
import org.springframework.modulith.events.ResubmissionOptions;

/** Sends again what could not be sent, for as long as it takes. */
final class ResubmissionJob implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ResubmissionJob.class);

    private final FailedEventPublications publications;
    private final EventProperties properties;
    private @Nullable ScheduledExecutorService clockwork;

    ResubmissionJob(FailedEventPublications publications, EventProperties properties) {
        this.publications = publications;
        this.properties = properties;
    }

    @Override
    public synchronized void start() {
        var made = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("resubmission").factory());
        long everyMs = properties.resubmitEvery().toMillis();
        made.scheduleWithFixedDelay(this::resubmit, everyMs, everyMs, TimeUnit.MILLISECONDS);
        clockwork = made;
    }

    private void resubmit() {
        try {
            publications.resubmit(ResubmissionOptions.defaults().withBatchSize(properties.resubmitBatch()));
        } catch (RuntimeException passing) {
            LOG.warn("events could not be sent again, trying later: {}", passing.toString());
        }
    }

    @Override
    public synchronized void stop() {
        if (clockwork != null) {
            clockwork.shutdownNow();
            clockwork = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return clockwork != null;
    }
}
