package io.quotabank.pool.upstream;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param allowedInternal ranges that base URLs may point at although they are not public, each on every port or on one
 *     ({@code 127.0.0.1/32:8007}); plain http only there
 */
@ConfigurationProperties("quotabank.upstream")
record UpstreamProperties(@DefaultValue List<String> allowedInternal) {

    UpstreamProperties {
        allowedInternal = List.copyOf(allowedInternal);
    }
}
