package io.quotabank.proxy.relay;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.platform.trace.LateSpans;
import io.quotabank.platform.trace.Traceparent;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes down a request and its calls of providers where its trace is sampled, and always where no provider could serve it
 * or an answer broke off. Attributes are OpenTelemetry's for generative AI; nothing of what was said is among them.
 */
final class RelaySpans {

    private final LateSpans spans;

    RelaySpans(LateSpans spans) {
        this.spans = spans;
    }

    void ended(Exchange exchange, Outcome outcome, Duration took) {
        var told = exchange.request().traceparent();
        boolean sampled = Traceparent.isSampled(told);
        if (!sampled && !failed(outcome)) {
            return;
        }
        var parent = sampled && told != null ? Traceparent.read(told) : null;
        var own = parent == null ? Traceparent.begin() : parent.child();
        var began = Instant.ofEpochMilli(exchange.request().startedAtMs());
        var error = outcome == Outcome.COMPLETED ? null : outcome.wire();
        var name = operation(exchange) + " " + exchange.model();
        spans.record(parent, own, new LateSpans.Ended(name, SpanKind.SERVER, began, took, attributes(exchange), error));
        calls(exchange, own, name, began, took);
    }

    private static boolean failed(Outcome outcome) {
        return outcome == Outcome.UPSTREAM_FAILED || outcome == Outcome.UPSTREAM_CUT || outcome == Outcome.TIMED_OUT;
    }

    /** Calls follow one another; the time before the first is ours. */
    private void calls(Exchange exchange, Traceparent parent, String name, Instant began, Duration took) {
        var calls = exchange.bill().attempts();
        long calledMs = calls.stream().mapToLong(UsageEvent.Attempt::durationMs).sum();
        var next = began.plusMillis(Math.max(0, took.toMillis() - calledMs));
        for (var call : calls) {
            var lasted = Duration.ofMillis(call.durationMs());
            spans.record(
                    parent,
                    parent.child(),
                    new LateSpans.Ended(name, SpanKind.CLIENT, next, lasted, attributes(exchange, call), error(call)));
            next = next.plus(lasted);
        }
    }

    private static String operation(Exchange exchange) {
        return exchange.admitted().body().operation().wire();
    }

    private static @Nullable String error(UsageEvent.Attempt call) {
        return call.result() == UsageEvent.Result.SERVED ? null : call.result().wire();
    }

    private static Attributes attributes(Exchange exchange) {
        var request = exchange.request();
        var attributes = Attributes.builder()
                .put(GenAiMeters.OPERATION, operation(exchange))
                .put(GenAiMeters.MODEL, exchange.model())
                .put("gen_ai.request.stream", exchange.admitted().stream())
                .put("quotabank.request.id", request.requestId().toString());
        var clientRequestId = request.clientRequestId();
        if (clientRequestId != null) {
            attributes.put("quotabank.client.request.id", clientRequestId);
        }
        return attributes.build();
    }

    private static Attributes attributes(Exchange exchange, UsageEvent.Attempt call) {
        var attributes = Attributes.builder()
                .put(GenAiMeters.OPERATION, operation(exchange))
                .put(GenAiMeters.MODEL, exchange.model())
                .put(GenAiMeters.PROVIDER, call.provider())
                .put("gen_ai.usage.input_tokens", call.tokens().input())
                .put("gen_ai.usage.output_tokens", call.tokens().output());
        var status = call.status();
        if (status != null) {
            attributes.put("http.response.status_code", (long) status);
        }
        var responseId = call.responseId();
        if (responseId != null) {
            attributes.put("gen_ai.response.id", responseId);
        }
        return attributes.build();
    }
}
