package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Collector;
import io.quotabank.systemtests.stack.Collector.Span;
import io.quotabank.systemtests.stack.Http;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One trace, from the gateway through the proxy and the provider's call and over Kafka into the books. */
class TraceIT {

    private static final String MODEL = "glm-4.5";
    private static final String CLIENT = "b7ad6b7169203331";

    @BeforeAll
    static void aKey() throws Exception {
        Suite.keyFor(MODEL, 0);
    }

    @AfterAll
    static void withdraw() {
        Suite.withdrawKeys();
    }

    @Test
    void aSampledRequestIsOneTraceFromTheGatewayToTheLedger() throws Exception {
        var buyer = Suite.buyer("100");
        var trace = UUID.randomUUID().toString().replace("-", "");
        try (var collector = new Collector(URI.create(STACK.gateway()).getPort() + Collector.BEHIND_THE_GATEWAY)) {
            assertThat(chat(buyer.accessKey(), "00-" + trace + "-" + CLIENT + "-01"))
                    .isEqualTo(200);

            await().untilAsserted(() -> {
                var spans = collector.of(trace);
                var relayed = one(spans, "gateway-service", "relay", CLIENT);
                var served = one(spans, "proxy-service", "chat " + MODEL, relayed.id());
                one(spans, "proxy-service", "chat " + MODEL, served.id());
                one(spans, "ledger-service", "usage.v1 process", relayed.id());
                one(spans, "pool-service", "usage.v1 process", relayed.id());
                one(spans, "risk-service", "usage.v1 process", relayed.id());
                one(spans, "proxy-service", "usage.v1 process", relayed.id());
            });
        }
    }

    private static Span one(List<Span> spans, String service, String name, String parent) {
        var found = spans.stream()
                .filter(span -> span.service().equals(service)
                        && span.name().equals(name)
                        && span.parent().equals(parent))
                .toList();
        assertThat(found)
                .as("%s of %s below %s in %s", name, service, parent, spans)
                .hasSize(1);
        return found.getFirst();
    }

    private static int chat(String accessKey, String traceparent) {
        var body = Map.of(
                "model", MODEL, "max_tokens", 5, "messages", List.of(Map.of("role", "user", "content", "Hello")));
        var json = Http.JSON.writeValueAsString(body);
        var request = Http.request(STACK.gateway() + "/v1/chat/completions", accessKey)
                .header("Content-Type", "application/json")
                .header("traceparent", traceparent)
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return Http.send(request, json).status();
    }
}
