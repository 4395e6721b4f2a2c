package io.quotabank.platform.peer;

import java.util.List;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.loadbalancer.core.DelegatingServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Flux;

/** What Spring Cloud's load balancer chooses from, for Feign and for the gateway's routes: instances that are there. */
final class PresentInstances extends DelegatingServiceInstanceListSupplier {

    private final Peers peers;

    PresentInstances(ServiceInstanceListSupplier known, Peers peers) {
        super(known);
        this.peers = peers;
    }

    @Override
    public Flux<List<ServiceInstance>> get() {
        return delegate.get().map(peers::present);
    }

    @Override
    @SuppressWarnings("rawtypes") // The overridden method's own.
    public Flux<List<ServiceInstance>> get(Request request) {
        return delegate.get(request).map(peers::present);
    }

    /** Part of each service's own load balancer. */
    static class OfEachService {
        @Bean
        ServiceInstanceListSupplier presentInstances(ConfigurableApplicationContext context, Peers peers) {
            var known = ServiceInstanceListSupplier.builder()
                    .withBlockingDiscoveryClient()
                    .withCaching()
                    .build(context);
            return new PresentInstances(known, peers);
        }
    }
}
