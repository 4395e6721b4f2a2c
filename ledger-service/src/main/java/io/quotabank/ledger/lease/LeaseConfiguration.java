package io.quotabank.ledger.lease;

import com.github.benmanes.caffeine.cache.Ticker;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LeaseConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Ticker ticker() {
        return Ticker.systemTicker();
    }
}
