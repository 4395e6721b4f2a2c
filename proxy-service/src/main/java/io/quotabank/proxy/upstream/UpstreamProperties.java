package io.quotabank.proxy.upstream;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param allowedInternal ranges of addresses that may be called although they are not public, each on every port or on
 *     one ({@code 127.0.0.1/32:8007}); none by default
 * @param connectTimeout the longest wait for a connection, its TLS handshake included
 * @param streamHeadersTimeout the longest wait for a streamed answer's head, and the longest silence within it
 * @param answerHeadersTimeout the same of an answer that is not streamed; long enough for a model that thinks before it
 *     says anything
 * @param maxConnectionsPerHost the most connections to one host and port
 * @param maxConnections the most connections to all hosts
 * @param maxIdle how long an unused connection is kept
 */
@Validated
@ConfigurationProperties("quotabank.upstream")
record UpstreamProperties(
        @DefaultValue List<String> allowedInternal,
        @DefaultValue("5s") Duration connectTimeout,
        @DefaultValue("2m") Duration streamHeadersTimeout,
        @DefaultValue("2m") Duration answerHeadersTimeout,
        @DefaultValue("4000") @Min(1) int maxConnectionsPerHost,
        @DefaultValue("20000") @Min(1) int maxConnections,
        @DefaultValue("30s") Duration maxIdle) {

    UpstreamProperties {
        allowedInternal = List.copyOf(allowedInternal);
    }
}
