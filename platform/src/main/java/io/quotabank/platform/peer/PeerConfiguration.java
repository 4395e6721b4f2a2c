package io.quotabank.platform.peer;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.context.annotation.Bean;

@AutoConfiguration(
        afterName = "org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration")
@ConditionalOnClass(ServiceInstanceListSupplier.class)
@EnableConfigurationProperties(PeerProperties.class)
@LoadBalancerClients(defaultConfiguration = PresentInstances.OfEachService.class)
class PeerConfiguration {

    @Bean
    Peers peers(DiscoveryClient discovery, PeerProperties properties) {
        return new Peers(discovery, properties);
    }
}
