package io.quotabank.gateway.relay;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** The proxy-services there are, and which one gets the next request: the least busy of those that answer. */
@Component
class Instances {

    private static final Logger log = LoggerFactory.getLogger(Instances.class);

    private final DiscoveryClient discovery;
    private final String service;
    private final long outForNs;
    private volatile Instance[] known = {};

    Instances(DiscoveryClient discovery, RelayProperties properties) {
        this.discovery = discovery;
        this.service = properties.service();
        this.outForNs = properties.outFor().toNanos();
    }

    /** Names are resolved here, off the event loops. */
    @Scheduled(fixedDelay = 5_000)
    void refresh() {
        var before = known;
        var found = discovery.getInstances(service).stream()
                .map(Instances::address)
                .distinct()
                .map(address -> Arrays.stream(before)
                        .filter(instance -> instance.address().equals(address))
                        .findFirst()
                        .orElseGet(() -> new Instance(address)))
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
     * The least busy instance that has not been tried for this request. One that was not reachable a moment ago is
     * taken only when there is no other: better a quick second try than a refusal. Null when all have been tried.
     */
    @Nullable
    Instance pick(Set<Instance> tried) {
        var all = known;
        if (all.length == 1) {
            return tried.contains(all[0]) ? null : all[0];
        }
        long now = System.nanoTime();
        Instance best = null;
        int start = all.length == 0 ? 0 : ThreadLocalRandom.current().nextInt(all.length);
        for (int i = 0; i < all.length; i++) {
            var next = all[(start + i) % all.length];
            if (!tried.contains(next) && (best == null || better(next, best, now))) {
                best = next;
            }
        }
        return best;
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

    private static boolean better(Instance next, Instance best, long nowNs) {
        boolean usable = next.usable(nowNs);
        return usable == best.usable(nowNs) ? next.inFlight() < best.inFlight() : usable;
    }

    private static InetSocketAddress address(ServiceInstance instance) {
        return new InetSocketAddress(instance.getHost(), instance.getPort());
    }
}
