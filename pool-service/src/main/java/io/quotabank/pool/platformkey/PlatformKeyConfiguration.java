package io.quotabank.pool.platformkey;

import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

@Configuration(proxyBeanMethods = false)
class PlatformKeyConfiguration {

    /** After the catalogue, which names the providers' models. */
    @Bean
    @Order(10)
    ApplicationRunner platformKeysAtStart(PlatformKeys keys) {
        return arguments -> keys.follow();
    }
}
