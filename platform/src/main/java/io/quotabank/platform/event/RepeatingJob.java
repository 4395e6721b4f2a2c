package io.quotabank.platform.event;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Runs a step behind the start, with a pause after each, until the step says that it is done or the context stops. */
final class RepeatingJob implements SmartLifecycle {

    /** One try; what it throws is logged, and it is tried again. */
    interface Step {
        boolean done();
    }

    private static final Logger LOG = LoggerFactory.getLogger(RepeatingJob.class);

    private final String name;
    private final Duration pause;
    private final Step step;
    private volatile @Nullable Thread thread;

    RepeatingJob(String name, Duration pause, Step step) {
        this.name = name;
        this.pause = pause;
        this.step = step;
    }

    @Override
    public void start() {
        // Known before it runs: it ends when it is no longer the one that is known.
        var started = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
        thread = started;
        started.start();
    }

    private void run() {
        while (Thread.currentThread().equals(thread) && !done()) {
            try {
                Thread.sleep(pause);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean done() {
        try {
            return step.done();
        } catch (RuntimeException passing) {
            LOG.warn("{} failed, trying again: {}", name, passing.toString());
            return false;
        }
    }

    @Override
    public void stop() {
        var running = thread;
        thread = null;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }
}
