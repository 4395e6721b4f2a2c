package io.quotabank.platform.web;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * @param bodyLimit the largest request body; a larger one is answered 413
 * @param bareServlets names of registered servlets that verify their callers, bound their bodies and observe themselves:
 *     no shared filter runs for them, and an error page of theirs is in OpenAI's form
 */
@Validated
@ConfigurationProperties("quotabank.web")
record WebProperties(
        @DefaultValue("1MB") DataSize bodyLimit,
        @DefaultValue Set<String> bareServlets) {}
