package io.quotabank.pool.upstream;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** @param allowedInternal CIDRs that base URLs may point at although they are not public; plain http only there */
@ConfigurationProperties("quotabank.upstream")
record UpstreamProperties(@DefaultValue List<String> allowedInternal) {

    UpstreamProperties {
        allowedInternal = List.copyOf(allowedInternal);
    }
}
