package io.quotabank.proxy.relay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.contracts.usage.UsageEvent;
import java.time.Duration;

/** The relay's figures. Tags are bounded: never a user or key. */
final class RelayMeters {

    private static final String ATTEMPTS_FAILED = "quotabank.relay.attempts.failed";

    private final MeterRegistry registry;
    private final GenAiMeters genAi;
    private final Counter unopened;
    private final Counter oddUsage;
    private final Counter faults;

    RelayMeters(MeterRegistry registry) {
        this.registry = registry;
        this.genAi = new GenAiMeters(registry);
        // There from the beginning: an alert on what has risen does not see a series that begins above zero.
        this.unopened = registry.counter("quotabank.relay.secrets.unopened");
        this.oddUsage = registry.counter("quotabank.relay.usage.odd");
        this.faults = registry.counter("quotabank.relay.faults");
        for (var result : UsageEvent.Result.values()) {
            registry.counter(ATTEMPTS_FAILED, "result", result.wire());
        }
    }

    /** A request was refused by us before anything was sent. */
    void refused(String code) {
        registry.counter("quotabank.relay.refused", "code", code).increment();
    }

    /** A call failed before the client got anything of it. */
    void attemptFailed(UsageEvent.Result result) {
        registry.counter(ATTEMPTS_FAILED, "result", result.wire()).increment();
    }

    /** A key's secret could not be opened. */
    void unopened() {
        unopened.increment();
    }

    /** A provider's usage report did not add up and was cut to what is possible. */
    void oddUsage() {
        oddUsage.increment();
    }

    void faulted() {
        faults.increment();
    }

    GenAiMeters genAi() {
        return genAi;
    }

    /** A request of which something had been sent to a provider has ended. */
    void ended(Exchange exchange, UsageEvent.Outcome outcome, Duration elapsed) {
        var bill = exchange.bill();
        boolean stream = exchange.admitted().stream();
        var operation = exchange.admitted().body().operation().wire();
        for (var call : bill.attempts()) {
            genAi.called(operation, exchange.model(), call, stream);
        }
        var firstAt = bill.firstByteAtMs();
        var first = !stream || firstAt == null
                ? null
                : Duration.ofMillis(firstAt - exchange.request().startedAtMs());
        genAi.served(operation, exchange.model(), outcome, elapsed, first, bill.lastOutput());
    }
}
