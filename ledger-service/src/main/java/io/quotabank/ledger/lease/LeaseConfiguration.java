package io.quotabank.ledger.lease;

import com.github.benmanes.caffeine.cache.Ticker;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LeaseConfiguration {

    @Bean
    Ticker ticker() {
        return Ticker.systemTicker();
    }
}
