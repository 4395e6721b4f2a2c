package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** A request's trace, from the header of its usage event into its settlement. */
class SettlementTraceIT {

    private static final String SAMPLED = "0af7651916cd43dd8448eb211c80319c";
    private static final String NOT_SAMPLED = "1af7651916cd43dd8448eb211c80319c";

    @Test
    void aSampledRequestIsTracedUntilItIsSettledAndNoOther() {
        try (var ledger = Ledger.consuming(Map.of(), Spans.class)) {
            var people = new People(ledger);
            var buyer = UUID.randomUUID();
            var traced = TestUsage.of(buyer).closed();
            var other = TestUsage.of(buyer).closed();
            UsageTopic.sendTraced(other, "00-" + NOT_SAMPLED + "-b7ad6b7169203331-00");
            UsageTopic.sendTraced(traced, "00-" + SAMPLED + "-b7ad6b7169203331-01");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> people.settlements(traced.requestId()) + people.settlements(other.requestId()) == 2);

            var traces = ledger.bean(Spans.class).traces;
            await().atMost(Duration.ofSeconds(30)).until(() -> !traces.isEmpty());
            assertThat(traces).containsExactly(SAMPLED);
        }
    }

    /** The traces of handled polls. */
    static class Spans implements SpanProcessor {

        private final Queue<String> traces = new ConcurrentLinkedQueue<>();

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            if (span.getName().equals("usage.v1 process")) {
                traces.add(span.getSpanContext().getTraceId());
            }
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }
}
