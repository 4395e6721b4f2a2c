package io.quotabank.ledger.seal;

import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class SealConfiguration {

    @Bean
    @ConditionalOnProperty("quotabank.seal.anchor-directory")
    AnchorFile anchorFile(SealProperties properties) {
        return new AnchorFile(Objects.requireNonNull(properties.anchorDirectory()));
    }

    @Bean
    @ConditionalOnProperty("quotabank.seal.anchor-bucket.name")
    AnchorBucket anchorBucket(SealProperties properties) {
        return new AnchorBucket(Objects.requireNonNull(properties.anchorBucket()));
    }
}
