package io.quotabank.platform.event;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;

/** Makes missing topics behind the start, again and again until the broker has answered once. */
final class TopicsJob implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(TopicsJob.class);
    private static final long PAUSE_MS = 2_000;

    private final KafkaAdmin admin;
    private volatile boolean running;
    private Thread thread = new Thread();

    TopicsJob(KafkaAdmin admin) {
        this.admin = admin;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofVirtual().name("topics").start(this::untilMade);
    }

    private void untilMade() {
        while (running && !made()) {
            try {
                Thread.sleep(PAUSE_MS);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean made() {
        try {
            return admin.initialize();
        } catch (RuntimeException refused) {
            LOG.warn("topics could not be made, trying again: {}", refused.toString());
            return false;
        }
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
