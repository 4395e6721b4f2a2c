package io.quotabank.platform.trace;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SdkTracerProviderBuilderCustomizer;
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

    @Bean
    LateSpans lateSpans(Tracer tracer, GivenIds ids) {
        return new LateSpans(tracer, ids);
    }
}
