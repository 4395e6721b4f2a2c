package io.quotabank.proxy.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** The journal's three threads: one forces, one sends, one replays what dead processes left. */
final class JournalLifecycle implements SmartLifecycle {

    /** Stops after everything that still closes requests or makes statements. */
    static final int PHASE = 0;

    private static final Logger log = LoggerFactory.getLogger(JournalLifecycle.class);
    private static final Duration SEND_EVERY = Duration.ofMillis(5);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

    @FunctionalInterface
    private interface Turn {
        /** Answers how long to wait before the next. */
        Duration take() throws IOException;
    }

    private final JournalDirectory directory;
    private final JournalFile file;
    private final Tailer tailer;
    private final Replays replays;
    private final JournalProperties settings;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;

    JournalLifecycle(
            JournalDirectory directory, JournalFile file, Tailer tailer, Replays replays, JournalProperties settings) {
        this.directory = directory;
        this.file = file;
        this.tailer = tailer;
        this.replays = replays;
        this.settings = settings;
    }

    @Override
    public void start() {
        running = true;
        start("journal-force", () -> {
            file.force();
            return settings.forceEvery();
        });
        start("journal-tailer", () -> tailer.step() ? Duration.ZERO : SEND_EVERY);
        start("journal-replay", () -> replays.run() ? settings.replayEvery() : AFTER_FAILURE);
    }

    /** Waits for Kafka to take the rest; a journal that says nothing more is removed, another one is left for replay. */
    @Override
    public void stop() {
        awaitDrained();
        running = false;
        stopping.countDown();
        try {
            for (var thread : threads) {
                thread.interrupt();
                thread.join();
            }
            end();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (IOException failed) {
            log.warn("the journal could not be closed, the next process replays it", failed);
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private void end() throws IOException {
        boolean nothingLeft = tailer.drained() && file.nothingOpen();
        tailer.close();
        replays.close();
        file.close();
        if (nothingLeft) {
            directory.delete();
        } else {
            directory.close();
        }
    }

    private void awaitDrained() {
        long deadline = System.nanoTime() + settings.drainTimeout().toNanos();
        try {
            while (!tailer.drained() && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(SEND_EVERY.toMillis());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(String name, Turn turn) {
        threads.add(Thread.ofPlatform().daemon().name(name).start(() -> turns(turn)));
    }

    private void turns(Turn turn) {
        try {
            while (running) {
                if (stopping.await(takeOne(turn).toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    // A thread of the journal never dies: what failed is tried again.
    private static Duration takeOne(Turn turn) {
        try {
            return turn.take();
        } catch (IOException | RuntimeException failed) {
            log.error("{} failed and tries again", Thread.currentThread().getName(), failed);
            return AFTER_FAILURE;
        }
    }
}
