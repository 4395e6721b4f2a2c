package io.quotabank.proxy.spending;

import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * @param instance this process's name, unique among the processes that run
 * @param recallBaseUrl where the ledger reaches this process, without a trailing slash
 */
@Validated
@ConfigurationProperties("quotabank")
record InstanceProperties(@NotBlank String instance, URI recallBaseUrl) {}
