package io.quotabank.proxy.relay;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quotabank.contracts.usage.UsageEvent;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The relay's figures. Tags are bounded: never a user or key, and a model only by a name that the catalogue has. */
final class RelayMeters {

    private record Kind(String outcome, String model) {}

    private static final String OTHER = "other";
    private static final int MOST_MODELS = 200;

    private final MeterRegistry registry;
    private final Set<String> models = ConcurrentHashMap.newKeySet();
    private final Map<Kind, Timer> durations = new ConcurrentHashMap<>();
    private final Map<String, Timer> firstBytes = new ConcurrentHashMap<>();

    RelayMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A request was refused by us before anything was sent. */
    void refused(String code) {
        registry.counter("quotabank.relay.refused", "code", code).increment();
    }

    /** A call failed before the client got anything of it. */
    void attemptFailed(UsageEvent.Result result) {
        registry.counter("quotabank.relay.attempts.failed", "result", result.wire())
                .increment();
    }

    /** A key's secret could not be opened. */
    void unopened() {
        registry.counter("quotabank.relay.secrets.unopened").increment();
    }

    /** A provider's usage report did not add up and was cut to what is possible. */
    void oddUsage() {
        registry.counter("quotabank.relay.usage.odd").increment();
    }

    void faulted() {
        registry.counter("quotabank.relay.faults").increment();
    }

    /** A request that had been sent has ended. {@code model} is a catalogue's name. */
    void ended(UsageEvent.Outcome outcome, String model, Duration duration) {
        durations
                .computeIfAbsent(new Kind(outcome.wire(), bounded(model)), this::durations)
                .record(duration);
    }

    /** Where a stream had begun: how long that took. */
    void firstByte(Exchange exchange) {
        var at = exchange.bill().firstByteAtMs();
        if (at != null) {
            var after = Duration.ofMillis(at - exchange.request().startedAtMs());
            firstBytes
                    .computeIfAbsent(bounded(exchange.model()), this::firstBytes)
                    .record(after);
        }
    }

    private String bounded(String model) {
        return models.contains(model) || (models.size() < MOST_MODELS && models.add(model)) ? model : OTHER;
    }

    private Timer durations(Kind kind) {
        return Timer.builder("quotabank.relay.requests")
                .description("Requests from their first byte to their closed record")
                .tag("outcome", kind.outcome())
                .tag("model", kind.model())
                .publishPercentileHistogram()
                .register(registry);
    }

    private Timer firstBytes(String model) {
        return Timer.builder("quotabank.relay.first.byte")
                .description("From a request's arrival to the first byte of its answer")
                .tag("model", model)
                .publishPercentileHistogram()
                .register(registry);
    }
}
