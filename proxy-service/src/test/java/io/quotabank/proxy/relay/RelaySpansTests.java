package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.usage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelaySpansTests {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String GATEWAY = "b7ad6b7169203331";

    @TempDir
    Path directory;

    private RelayStage stage;

    @BeforeEach
    void start() throws Exception {
        stage = new RelayStage(directory);
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
    }

    @Test
    void aSampledRequestAndEachOfItsCallsAreInTheTraceThatCameWithIt() throws Exception {
        stage.addKey("sandbox");
        stage.provider.script(
                call -> call.json(429, "{\"error\":{\"message\":\"slow down\"}}"),
                call -> call.json(200, answer("Hi", usage(9, 3))));

        stage.chat(REQUEST, "traceparent", "00-" + TRACE + "-" + GATEWAY + "-01");

        var spans = spans(3);
        var server = ofKind(spans, SpanKind.SERVER).getFirst();
        assertThat(server.getParentSpanId()).isEqualTo(GATEWAY);
        assertThat(spans).allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(TRACE));
        var calls = ofKind(spans, SpanKind.CLIENT);
        assertThat(calls)
                .hasSize(2)
                .allSatisfy(call -> assertThat(call.getParentSpanId()).isEqualTo(server.getSpanId()));
        assertThat(calls.getFirst().getAttributes().get(AttributeKey.stringKey(GenAiMeters.ERROR)))
                .isEqualTo("rate_limited");
        assertThat(calls.getLast().getAttributes().get(AttributeKey.longKey("gen_ai.usage.output_tokens")))
                .isEqualTo(3);
    }

    @Test
    void nothingIsWrittenDownOfAnotherThatWentWell() throws Exception {
        stage.provider.script(call -> call.json(200, answer("Hi", usage(9, 3))));

        stage.chat(REQUEST);
        stage.chat(REQUEST, "traceparent", "00-" + TRACE + "-" + GATEWAY + "-00");
        // The one after both is the first that is written down.
        stage.chat(REQUEST, "traceparent", "00-1" + TRACE.substring(1) + "-" + GATEWAY + "-01");

        assertThat(spans(2)).allSatisfy(span -> assertThat(span.getTraceId()).startsWith("1af7"));
    }

    @Test
    void whatNoProviderCouldServeIsAlwaysWrittenDown() throws Exception {
        stage.provider.script(call -> call.json(500, "{}"));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(503);

        var spans = spans(2);
        assertThat(ofKind(spans, SpanKind.SERVER).getFirst().getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("upstream_failed");
        assertThat(spans.getFirst().getTraceId()).isEqualTo(spans.getLast().getTraceId());
    }

    private List<SpanData> spans(int count) {
        await().untilAsserted(() -> assertThat(stage.spans.ended()).hasSize(count));
        return stage.spans.ended();
    }

    private static List<SpanData> ofKind(List<SpanData> spans, SpanKind kind) {
        return spans.stream().filter(span -> span.getKind() == kind).toList();
    }
}
