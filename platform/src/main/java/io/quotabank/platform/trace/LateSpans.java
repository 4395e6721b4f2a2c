package io.quotabank.platform.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes down spans of what has ended. The hot path carries a trace's ids and nothing else; only for what turns out to be
 * wanted, because it was sampled or has failed, is a span made, with the ids that were passed on while it ran.
 */
public final class LateSpans {

    /**
     * @param error why it failed, null where it did not
     * @param began by the wall clock
     */
    public record Ended(
            String name,
            SpanKind kind,
            Instant began,
            Duration took,
            Attributes attributes,
            @Nullable String error) {}

    private final Tracer tracer;
    private final GivenIds ids;

    LateSpans(Tracer tracer, GivenIds ids) {
        this.tracer = tracer;
        this.ids = ids;
    }

    /** Over a provider of spans that is made here, which samples nothing but late ones. */
    public static LateSpans over(SdkTracerProviderBuilder provider) {
        var ids = new GivenIds();
        var made = provider.setIdGenerator(ids)
                .setSampler(ids.sampler(Sampler.alwaysOff()))
                .build();
        return new LateSpans(made.get("io.quotabank"), ids);
    }

    /**
     * @param parent null for the first of its trace
     * @param own the ids that it had while it ran
     */
    public void record(@Nullable Traceparent parent, Traceparent own, Ended ended) {
        ids.give(own, () -> {
            var builder = tracer.spanBuilder(ended.name())
                    .setSpanKind(ended.kind())
                    .setAllAttributes(ended.attributes())
                    .setStartTimestamp(ended.began());
            var span = (parent == null ? builder.setNoParent() : builder.setParent(context(parent))).startSpan();
            var error = ended.error();
            if (error != null) {
                span.setAttribute("error.type", error).setStatus(StatusCode.ERROR);
            }
            var end = ended.began().plus(ended.took());
            span.end(TimeUnit.SECONDS.toNanos(end.getEpochSecond()) + end.getNano(), TimeUnit.NANOSECONDS);
        });
    }

    private static Context context(Traceparent parent) {
        var remote = SpanContext.createFromRemoteParent(
                parent.trace(), parent.span(), TraceFlags.getSampled(), TraceState.getDefault());
        return Context.root().with(Span.wrap(remote));
    }
}
