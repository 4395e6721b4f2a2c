package io.quotabank.local.supervisor;

import io.quotabank.local.LocalFailure;
import io.quotabank.local.part.Part;
import io.quotabank.local.part.Part.StopStage;
import io.quotabank.local.state.StateDirectory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** All parts of one suite together: started side by side, each after those it needs, stopped in order. */
final class Fleet {

    private static final Duration LOOK = Duration.ofMillis(50);

    private final Events events;
    private final long startedNanos;
    private final List<Supervised> all = new CopyOnWriteArrayList<>();
    private final AtomicReference<LocalFailure> failure = new AtomicReference<>();
    private volatile Runnable moved = () -> {};
    private volatile boolean settled;
    private volatile boolean stopping;
    private boolean stopped;

    Fleet(Events events, long startedNanos) {
        this.events = events;
        this.startedNanos = startedNanos;
    }

    List<Supervised> all() {
        return List.copyOf(all);
    }

    Optional<Supervised> find(String name) {
        return all.stream().filter(one -> one.part().name().equals(name)).findFirst();
    }

    /** Our own services' instances, one service's or all where none is named, as {@code restart --rolling} takes them. */
    List<Supervised> services(String service) {
        var services =
                all.stream().filter(one -> one.part().management() != null).toList();
        var chosen = services.stream()
                .filter(one -> service.isEmpty() || one.part().kind().equals(service))
                .toList();
        if (chosen.isEmpty()) {
            throw new LocalFailure("There is no service named " + service + "; the services are "
                    + services.stream().map(one -> one.part().kind()).distinct().collect(Collectors.joining(", "))
                    + ".");
        }
        return chosen;
    }

    /** @param moved called whenever a process or a state has changed */
    void launch(List<Part> parts, StateDirectory state, ProcessRegistry registry, Runnable moved) {
        this.moved = moved;
        for (var part : parts) {
            all.add(new Supervised(part, state.log(part.name()), registry, this::changed));
        }
        all.forEach(this::changed);
        all.forEach(one -> Thread.ofVirtual().name(one.part().name()).start(() -> live(one)));
    }

    /** Returns when all parts are ready, and fails with the first that cannot be. */
    void awaitReady(BooleanSupplier givenUp) throws InterruptedException {
        for (var one : all) {
            while (!one.firstReady().await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                var failed = failure.get();
                if (failed != null) {
                    throw failed;
                }
                if (stopping || givenUp.getAsBoolean()) {
                    throw new InterruptedException("stopping");
                }
            }
        }
    }

    /** The suite is complete: from now on a follower that leaves changes nothing. */
    void settled() {
        settled = true;
        moved.run();
    }

    boolean isSettled() {
        return settled;
    }

    double seconds() {
        return Math.round((System.nanoTime() - startedNanos) / 1e8) / 10.0;
    }

    /** Stops everything, whoever asks before whoever answers. Again is harmless. */
    void stop() {
        stopping = true;
        all.forEach(Supervised::retire);
        synchronized (this) {
            if (stopped) {
                return;
            }
            for (var stage : StopStage.values()) {
                stop(all.stream().filter(one -> one.part().stop() == stage).toList());
            }
            stopped = true;
        }
    }

    private static void stop(List<Supervised> together) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            together.forEach(one -> threads.execute(one::stop));
        }
    }

    private void live(Supervised one) {
        try {
            for (var needed : one.part().after()) {
                find(needed).orElseThrow().firstReady().await();
            }
            one.live();
        } catch (LocalFailure failed) {
            failure.compareAndSet(null, failed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void changed(Supervised one) {
        var state = one.state().name().toLowerCase(Locale.ROOT);
        events.add(new Message.PartState(one.part().name(), state, seconds()));
        if (!stopping) {
            synchronized (this) {
                moved.run();
            }
        }
    }
}
