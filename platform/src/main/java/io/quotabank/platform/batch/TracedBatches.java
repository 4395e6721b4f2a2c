package io.quotabank.platform.batch;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.Tracer.SpanInScope;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.kafka.listener.BatchInterceptor;

/**
 * Carries traces from records into the listeners that take them a poll at a time. Each sampled record's trace gets a span
 * for the time in which its poll was handled; the first one is current meanwhile, so that what is logged and sent carries
 * its id. A record that is not sampled, or has no {@code traceparent}, costs a look at its headers.
 */
public final class TracedBatches<K, V> implements BatchInterceptor<K, V> {

    static final String TRACEPARENT = "traceparent";

    /** A poll may hold thousands of records; past this many, sampled ones are handled without a span. */
    static final int MOST_SPANS = 100;

    private static final int LENGTH = 55;

    private record Open(List<Span> spans, SpanInScope scope) {}

    // A container's thread handles one poll at a time.
    private static final ThreadLocal<Open> OPEN = new ThreadLocal<>();

    private final Tracer tracer;
    private final Propagator propagator;

    public TracedBatches(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    @Override
    public ConsumerRecords<K, V> intercept(ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
        end(null);
        var spans = new ArrayList<Span>(0);
        for (var record : records) {
            if (spans.size() < MOST_SPANS && isSampled(record.headers().lastHeader(TRACEPARENT))) {
                spans.add(span(record, consumer.groupMetadata().groupId()));
            }
        }
        if (!spans.isEmpty()) {
            OPEN.set(new Open(spans, tracer.withSpan(spans.getFirst())));
        }
        return records;
    }

    @Override
    public void success(ConsumerRecords<K, V> records, Consumer<K, V> consumer) {
        end(null);
    }

    @Override
    public void failure(ConsumerRecords<K, V> records, Exception failure, Consumer<K, V> consumer) {
        end(failure);
    }

    @Override
    public void clearThreadState(Consumer<?, ?> consumer) {
        end(null);
    }

    /** By the flag that ends a W3C trace context: version, trace, parent, flags. */
    static boolean isSampled(@Nullable Header traceparent) {
        var value = traceparent == null ? null : traceparent.value();
        return value != null && value.length >= LENGTH && (Character.digit(value[LENGTH - 1], 16) & 1) == 1;
    }

    private Span span(ConsumerRecord<K, V> record, String group) {
        return propagator
                .extract(record, TracedBatches::text)
                .kind(Span.Kind.CONSUMER)
                .name(record.topic() + " process")
                .tag("messaging.system", "kafka")
                .tag("messaging.destination.name", record.topic())
                .tag("messaging.consumer.group.name", group)
                .tag("messaging.destination.partition.id", Integer.toString(record.partition()))
                .tag("messaging.kafka.offset", record.offset())
                .start();
    }

    private void end(@Nullable Exception failure) {
        var ended = OPEN.get();
        if (ended == null) {
            return;
        }
        OPEN.remove();
        ended.scope().close();
        for (var span : ended.spans()) {
            if (failure != null) {
                span.error(failure);
            }
            span.end();
        }
    }

    private static @Nullable String text(ConsumerRecord<?, ?> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
