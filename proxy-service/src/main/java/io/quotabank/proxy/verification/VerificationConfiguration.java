package io.quotabank.proxy.verification;

import io.quotabank.proxy.catalog.Catalog;
import io.quotabank.proxy.custody.Custody;
import io.quotabank.proxy.routing.Routing;
import io.quotabank.proxy.upstream.UpstreamClient;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(VerificationProperties.class)
class VerificationConfiguration {

    @Bean
    Verifications verifications(
            Custody custody, Catalog catalog, UpstreamClient upstream, VerificationProperties properties, Clock clock) {
        return new Verifications(custody, catalog, new Probe(upstream, properties), clock);
    }

    @Bean
    Balances balances(Custody custody, Routing routing, UpstreamClient upstream, VerificationProperties properties) {
        return new Balances(custody, routing, new Probe(upstream, properties));
    }
}
