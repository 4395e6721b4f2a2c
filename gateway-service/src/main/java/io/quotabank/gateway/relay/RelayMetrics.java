package io.quotabank.gateway.relay;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** How relayed requests end, and how long they take. The only tag is the outcome: never a caller or a model. */
@Component
class RelayMetrics {

    enum Outcome {
        /** Answered with a status below 400. */
        ANSWERED,
        /** Answered by proxy-service with a status of 400 to 499. */
        REFUSED,
        /** Answered by proxy-service with a status of 500 or more. */
        FAILED,
        /** Refused by the gateway itself. */
        TURNED_AWAY,
        /** The client left before its answer was complete. */
        LEFT,
        /** The answer broke off on our side. */
        CUT;

        static Outcome of(int status) {
            if (status < 400) {
                return ANSWERED;
            }
            return status < 500 ? REFUSED : FAILED;
        }
    }

    private final MeterRegistry registry;
    private final EnumMap<Outcome, Timer> timers = new EnumMap<>(Outcome.class);

    RelayMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (var outcome : Outcome.values()) {
            timers.put(
                    outcome,
                    Timer.builder("quotabank.gateway.relay")
                            .description("Relayed requests, from their headers to the last byte of their answer")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .serviceLevelObjectives(
                                    Duration.ofMillis(5),
                                    Duration.ofMillis(50),
                                    Duration.ofMillis(500),
                                    Duration.ofSeconds(5),
                                    Duration.ofSeconds(60))
                            .register(registry));
        }
    }

    void inFlight(Supplier<Number> count) {
        Gauge.builder("quotabank.gateway.relay.in.flight", count)
                .description("Relayed requests under way")
                .strongReference(true)
                .register(registry);
    }

    void ended(Outcome outcome, long durationNs) {
        var timer = timers.get(outcome);
        if (timer != null) {
            timer.record(durationNs, TimeUnit.NANOSECONDS);
        }
    }
}
