package io.quotabank.gateway.relay;

import io.quotabank.platform.peer.Peers;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The proxy-services there are, and which one gets a caller's next request. */
@Component
class Instances {

    private static final Logger log = LoggerFactory.getLogger(Instances.class);

    private final DiscoveryClient discovery;
    private final Peers peers;
    private final Spread spread;
    private final String service;
    private final long outForNs;
    private volatile Instance[] known = {};

    Instances(DiscoveryClient discovery, Peers peers, RelayProperties properties) {
        this.discovery = discovery;
        this.peers = peers;
        this.spread = new Spread(properties.bound());
        this.service = properties.service();
        this.outForNs = properties.outFor().toNanos();
    }

    /** Names are resolved here, off the event loops. */
    @Scheduled(fixedDelay = 5_000)
    void refresh() {
        var before = known;
        var found = discovery.getInstances(service).stream()
                .map(instance -> instance(instance, before))
                .toArray(Instance[]::new);
        if (!Arrays.equals(before, found)) {
            log.info(
                    "{} is at {}",
                    service,
                    Arrays.stream(found).map(Instance::authority).toList());
        }
        known = found;
    }

    boolean any() {
        return known.length > 0;
    }

    /**
     * Where a request of this caller goes that has been tried at some already, see {@link Spread#pick}. Null when all
     * have been tried.
     */
    @Nullable
    Instance pick(long caller, Set<Instance> tried) {
        var all = known;
        if (all.length == 1) {
            return tried.contains(all[0]) ? null : all[0];
        }
        return spread.pick(all, caller, tried, System.nanoTime());
    }

    void unreachable(Instance instance, @Nullable Throwable why) {
        if (instance.takeOut(System.nanoTime() + outForNs)) {
            log.warn("{} at {} can't be reached: {}", service, instance.authority(), String.valueOf(why));
        }
    }

    void reached(Instance instance) {
        if (instance.bringBack()) {
            log.info("{} at {} can be reached again", service, instance.authority());
        }
    }

    private Instance instance(ServiceInstance found, Instance[] before) {
        var address = address(found);
        for (var instance : before) {
            if (instance.address().equals(address)) {
                return instance;
            }
        }
        return new Instance(address, peers.of(found));
    }

    private static InetSocketAddress address(ServiceInstance instance) {
        return new InetSocketAddress(instance.getHost(), instance.getPort());
    }
}
