package io.quotabank.local.supervisor;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.part.Part;
import io.quotabank.local.process.Ending;
import io.quotabank.local.process.Tail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One part and its process: started once its turn has come, then again whenever it dies, until it is stopped. */
final class Supervised {

    enum State {
        WAITING,
        STARTING,
        READY,
        RESTARTING,
        STOPPED
    }

    private static final Duration LOOK = Duration.ofMillis(250);
    private static final int LOG_LINES = 25;

    private final Part part;
    private final Path log;
    private final ProcessRegistry registry;
    private final Consumer<Supervised> changed;
    private final Backoff backoff = new Backoff();
    private final CountDownLatch firstReady = new CountDownLatch(1);

    private volatile State state = State.WAITING;
    private volatile long sinceNanos = System.nanoTime();
    private volatile @Nullable Process process;
    private volatile boolean stopping;
    private volatile boolean restartAsked;
    private final AtomicLong starts = new AtomicLong();

    /** @param changed told after each change of state, and of the process */
    Supervised(Part part, Path log, ProcessRegistry registry, Consumer<Supervised> changed) {
        this.part = part;
        this.log = log;
        this.registry = registry;
        this.changed = changed;
    }

    Part part() {
        return part;
    }

    State state() {
        return state;
    }

    /** Since the part is in its state. */
    Duration since() {
        return Duration.ofNanos(System.nanoTime() - sinceNanos);
    }

    Path log() {
        return log;
    }

    Optional<ProcessHandle> process() {
        return Optional.ofNullable(process).map(Process::toHandle).filter(ProcessHandle::isAlive);
    }

    CountDownLatch firstReady() {
        return firstReady;
    }

    /** Starts the part and stays with it until it is stopped. A first start that fails is a failure of the whole suite. */
    void live() throws InterruptedException {
        start();
        firstReady.countDown();
        while (!stopping) {
            awaitEnd();
            if (!stopping) {
                startAgain();
            }
        }
    }

    void stop() {
        stopping = true;
        var running = process;
        if (running != null) {
            Ending.of(running.toHandle(), part.limits().signal(), part.limits().end());
            registry.forget(part.name());
        }
        to(State.STOPPED);
    }

    /** No more starts from now on; what runs goes on until it is stopped. */
    void retire() {
        stopping = true;
    }

    void crash() {
        process().ifPresent(Ending::crash);
    }

    void restart() {
        restart(part.limits().end());
    }

    /** Restarts it once it has finished all that it has under way, and returns when it serves again. */
    void handOver() throws InterruptedException {
        long before = starts.get();
        restart(part.limits().handover());
        var deadline = System.nanoTime() + part.limits().start().toNanos();
        while (starts.get() == before || state != State.READY) {
            if (stopping || System.nanoTime() > deadline) {
                throw failure(
                        "was not ready again after " + part.limits().start().toSeconds() + " seconds");
            }
            Thread.sleep(LOOK);
        }
    }

    private void restart(Duration patience) {
        restartAsked = true;
        process().ifPresent(handle -> Ending.of(handle, part.limits().signal(), patience));
    }

    private void awaitEnd() throws InterruptedException {
        var running = process;
        if (running != null) {
            running.waitFor();
        }
    }

    private void startAgain() throws InterruptedException {
        var lived = state == State.READY ? since() : Duration.ZERO;
        to(State.RESTARTING);
        if (restartAsked) {
            restartAsked = false;
        } else {
            Thread.sleep(backoff.after(lived));
        }
        try {
            if (!stopping) {
                start();
            }
        } catch (LocalFailure again) {
            System.err.println(again.sentence());
        }
    }

    private void start() throws InterruptedException {
        to(State.STARTING);
        starts.incrementAndGet();
        try {
            part.prepare().run();
            rotate();
            process = part.launch().start(log, handle -> registry.record(part, handle));
            changed.accept(this);
            awaitReady();
            part.whenReady().run();
        } catch (LocalFailure | InterruptedException e) {
            endFailed();
            throw e;
        } catch (Exception e) {
            endFailed();
            throw new LocalFailure(part.name() + " could not be set up: " + e + ".", Tail.of(log, LOG_LINES));
        }
        to(State.READY);
    }

    private void endFailed() {
        process()
                .ifPresent(handle ->
                        Ending.of(handle, part.limits().signal(), part.limits().end()));
        registry.forget(part.name());
    }

    private void awaitReady() throws InterruptedException {
        var deadline = System.nanoTime() + part.limits().start().toNanos();
        while (!part.readiness().ready()) {
            var running = process;
            if (running == null || !running.isAlive()) {
                throw failure("stopped while starting" + (running == null ? "" : ", exit code " + running.exitValue()));
            }
            if (System.nanoTime() > deadline) {
                throw failure("was not ready after " + part.limits().start().toSeconds() + " seconds");
            }
            if (stopping) {
                throw new InterruptedException("stopping");
            }
            Thread.sleep(LOOK);
        }
    }

    private LocalFailure failure(String what) {
        return new LocalFailure(
                part.name() + " " + what + "; its log " + log + " says why, and ./quotabank up tries again.",
                Tail.of(log, LOG_LINES));
    }

    // One generation is kept; a log that grows meanwhile is cut by LogCare.
    private void rotate() throws IOException {
        if (Files.exists(log) && Files.size(log) > LogCare.LARGEST) {
            Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void to(State next) {
        state = next;
        sinceNanos = System.nanoTime();
        changed.accept(this);
    }
}
