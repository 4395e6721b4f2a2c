package io.quotabank.proxy.spending;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * @param instance this process's name, unique among the processes that run
 * @param recallBaseUrl where the ledger reaches this process, without a trailing slash
 */
@Validated
@ConfigurationProperties("quotabank")
record InstanceProperties(
        @NotNull @Pattern(regexp = "[A-Za-z0-9._-]{1,64}") String instance, URI recallBaseUrl) {}
