package io.quotabank.platform.leaving;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * The time between the word to stop and the stop. It is taken before anything of this process has stopped, so what is
 * under way finds all it needs: consumers, jobs and leases go on. Readiness is refused from its beginning.
 */
public final class Leaving implements ApplicationListener<ContextClosedEvent>, Ordered {

    private static final Logger log = LoggerFactory.getLogger(Leaving.class);
    private static final Duration STEP = Duration.ofMillis(20);

    /** Waits. */
    interface Sleeper {
        void sleep(Duration time) throws InterruptedException;
    }

    private final ApplicationContext context;
    private final Supplier<Stream<Work>> works;
    private final LeavingProperties properties;
    private final Sleeper sleeper;
    private volatile boolean begun;

    Leaving(ApplicationContext context, Supplier<Stream<Work>> works, LeavingProperties properties, Sleeper sleeper) {
        this.context = context;
        this.works = works;
        this.properties = properties;
        this.sleeper = sleeper;
    }

    /** True once this process has been told to stop and takes its time to leave. */
    public boolean begun() {
        return begun;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent closed) {
        if (!closed.getApplicationContext().equals(context) || properties.atOnce()) {
            return;
        }
        begun = true;
        log.info("leaving: not ready any more, serving for {} to the others' notice", properties.announce());
        try {
            announce();
            works.get().forEach(Work::turnAway);
            var waited = awaitNone(properties.drain());
            log.info("leaving: {} after {} ms", underWay() ? "giving up what is under way" : "done", waited.toMillis());
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    // In steps, each counted for the time that it was meant to take: while this process gets no processor it tells
    // nobody
    // that it leaves, and that time must not be taken from the others'.
    private void announce() throws InterruptedException {
        for (var told = Duration.ZERO; told.compareTo(properties.announce()) < 0; told = told.plus(STEP)) {
            sleeper.sleep(STEP);
        }
    }

    private Duration awaitNone(Duration atMost) throws InterruptedException {
        long began = System.nanoTime();
        while (underWay() && System.nanoTime() - began < atMost.toNanos()) {
            sleeper.sleep(STEP);
        }
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private boolean underWay() {
        return works.get().anyMatch(Work::underWay);
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
