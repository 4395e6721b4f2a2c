package io.quotabank.gateway.relay;

import io.netty.handler.codec.http.HttpRequest;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.quotabank.gateway.relay.RelayMetrics.Outcome;
import io.quotabank.platform.trace.LateSpans;
import io.quotabank.platform.trace.Traceparent;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Writes down the relay's part of sampled traces, and of every request that failed on our side. */
@Component
class RelaySpans {

    private final LateSpans spans;
    private final Clock clock;

    RelaySpans(LateSpans spans, Clock clock) {
        this.spans = spans;
        this.clock = clock;
    }

    void ended(
            HttpRequest request,
            String requestId,
            TraceContext.@Nullable Place place,
            Outcome outcome,
            long durationNs) {
        boolean failed = outcome == Outcome.FAILED || outcome == Outcome.CUT;
        if (place == null && !failed) {
            return;
        }
        var took = Duration.ofNanos(durationNs);
        var attributes = Attributes.builder()
                .put("http.request.method", request.method().name())
                .put("quotabank.request.id", requestId)
                .put("quotabank.outcome", outcome.name().toLowerCase(Locale.ROOT))
                .build();
        spans.record(
                place == null ? null : place.parent(),
                place == null ? Traceparent.begin() : place.own(),
                new LateSpans.Ended(
                        "relay",
                        SpanKind.SERVER,
                        clock.instant().minus(took),
                        took,
                        attributes,
                        failed ? outcome.name().toLowerCase(Locale.ROOT) : null));
    }
}
