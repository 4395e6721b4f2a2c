package io.quotabank.platform.trace;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives a span that is written down late the ids that others were told while it ran, and has it sampled: whoever writes it
 * down has decided that. All other spans get random ids and are sampled as configured.
 */
final class GivenIds implements IdGenerator {

    private static final ThreadLocal<@Nullable Traceparent> GIVEN = new ThreadLocal<>();
    private final IdGenerator random = IdGenerator.random();

    void give(Traceparent ids, Runnable begin) {
        GIVEN.set(ids);
        try {
            begin.run();
        } finally {
            GIVEN.remove();
        }
    }

    @Override
    public String generateSpanId() {
        var ids = GIVEN.get();
        return ids == null ? random.generateSpanId() : ids.span();
    }

    @Override
    public String generateTraceId() {
        var ids = GIVEN.get();
        return ids == null ? random.generateTraceId() : ids.trace();
    }

    /** Samples what is written down late, and all else as configured. */
    Sampler sampler(Sampler configured) {
        return new Sampler() {
            @Override
            public SamplingResult shouldSample(
                    Context parent,
                    String traceId,
                    String name,
                    SpanKind kind,
                    Attributes attributes,
                    List<LinkData> parentLinks) {
                return GIVEN.get() == null
                        ? configured.shouldSample(parent, traceId, name, kind, attributes, parentLinks)
                        : SamplingResult.recordAndSample();
            }

            @Override
            public String getDescription() {
                return "GivenIds{" + configured.getDescription() + "}";
            }
        };
    }
}
