package io.quotabank.platform.trace;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.context.annotation.Bean;

@AutoConfiguration(
        afterName =
                "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration")
class TraceConfiguration {

    @Bean
    GivenIds givenIds() {
        return new GivenIds();
    }

    @Bean
    SdkTracerProviderBuilderCustomizer idsAsGiven(GivenIds ids, Sampler configured) {
        return provider -> provider.setIdGenerator(ids).setSampler(ids.sampler(configured));
    }

    // A process that stops waits until its last spans are sent or given up. By the SDK's own five tries, each after a
    // longer pause, a collector that is away would hold up each stop for eight to ten seconds.
    @Bean
    OtlpHttpSpanExporterBuilderCustomizer oneMoreTry() {
        var policy = RetryPolicy.builder()
                .setMaxAttempts(2)
                .setInitialBackoff(Duration.ofMillis(100))
                .setMaxBackoff(Duration.ofMillis(100))
                .build();
        return exporter -> exporter.setRetryPolicy(policy);
    }

    @Bean
    LateSpans lateSpans(Tracer tracer, GivenIds ids) {
        return new LateSpans(tracer, ids);
    }
}
