package io.quotabank.gateway.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTests {

    private static final String SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

    @Test
    void keepsWhatAClientSentAlsoWhereItIsNotSampled() {
        var headers = new DefaultHttpHeaders().set("traceparent", SENT).set("tracestate", "vendor=1");
        new TraceContext(1).settle(headers);
        assertThat(headers.getAll("traceparent")).containsExactly(SENT);
        assertThat(headers.get("tracestate")).isEqualTo("vendor=1");
    }

    @Test
    void readsALaterVersionAsTheOneItKnows() {
        var headers = new DefaultHttpHeaders().set("traceparent", "cc" + SENT.substring(2) + "-what-ever");
        new TraceContext(0).settle(headers);
        assertThat(headers.get("traceparent")).isEqualTo(SENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-001",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00 0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x"
            })
    void dropsWhatIsNotAContextAndItsState(String sent) {
        var headers = new DefaultHttpHeaders().set("traceparent", sent).set("tracestate", "vendor=1");
        new TraceContext(0).settle(headers);
        assertThat(headers.isEmpty()).isTrue();
    }

    @Test
    void dropsTwoContexts() {
        var headers = new DefaultHttpHeaders().add("traceparent", SENT).add("traceparent", SENT);
        new TraceContext(0).settle(headers);
        assertThat(headers.contains("traceparent")).isFalse();
    }

    @Test
    void beginsASampledTraceOfItsOwnForAPartOfTheRequests() {
        var all = IntStream.range(0, 100).mapToObj(i -> settled(1)).toList();
        assertThat(all)
                .allSatisfy(headers -> assertThat(headers.get("traceparent"))
                        .matches(TraceContext::isValid)
                        .endsWith("-01"));
        assertThat(all.stream().map(headers -> headers.get("traceparent"))).doesNotHaveDuplicates();
        assertThat(IntStream.range(0, 10_000).mapToObj(i -> settled(0.5)).filter(HttpHeaders::isEmpty))
                .hasSizeBetween(4_000, 6_000);
        assertThat(IntStream.range(0, 100).mapToObj(i -> settled(0))).allMatch(HttpHeaders::isEmpty);
    }

    private static HttpHeaders settled(double probability) {
        var headers = new DefaultHttpHeaders();
        new TraceContext(probability).settle(headers);
        return headers;
    }
}
