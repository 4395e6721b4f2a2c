package io.quotabank.platform.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TraceConfigurationTests {

    private static final int UNAVAILABLE = 503;

    @Test
    void asksACollectorThatIsAwayOnceMoreOnly() throws IOException {
        var asked = new AtomicInteger();
        var collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(UNAVAILABLE, -1);
            exchange.close();
        });
        collector.start();
        try {
            var exporter = OtlpHttpSpanExporter.builder()
                    .setEndpoint("http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces");
            new TraceConfiguration().oneMoreTry().customize(exporter);
            var provider = SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter.build()))
                    .build();
            provider.get("a test").spanBuilder("a span").startSpan().end();
            provider.shutdown().join(1, TimeUnit.MINUTES);
            assertThat(asked).hasValue(2);
        } finally {
            collector.stop(0);
        }
    }
}
