package io.quotabank.platform.batch;

import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;

@AutoConfiguration(
        afterName =
                "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration")
class BatchConfiguration {

    // Spring Boot gives it to the containers that it makes.
    @Bean
    @ConditionalOnBean({Tracer.class, Propagator.class})
    TracedBatches<Object, Object> tracedBatches(Tracer tracer, Propagator propagator) {
        return new TracedBatches<>(tracer, propagator);
    }
}
