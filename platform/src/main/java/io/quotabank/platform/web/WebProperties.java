package io.quotabank.platform.web;

import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * @param bodyLimit the largest request body; a larger one is answered 413
 * @param bodyLimits the same for single paths: {@code "[/api/things]": 8MB}
 * @param bareServlets names of registered servlets that verify their callers, bound their bodies and observe themselves:
 *     no shared filter runs for them, and an error page of theirs is in OpenAI's form
 */
@Validated
@ConfigurationProperties("quotabank.web")
record WebProperties(
        @DefaultValue("1MB") DataSize bodyLimit,
        @DefaultValue Map<String, DataSize> bodyLimits,
        @DefaultValue Set<String> bareServlets) {

    /** The largest body of a request to a path, in bytes. */
    long limitOf(String path) {
        return bodyLimits.getOrDefault(path, bodyLimit).toBytes();
    }
}
