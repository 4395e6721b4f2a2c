package io.quotabank.platform.peer;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.context.SmartLifecycle;

/**
 * Asks the instances of each service that somebody here has looked for whether they take requests. A service with a single
 * instance is not asked: there is nowhere else to go.
 */
public final class Peers implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Peers.class);

    private record Address(String host, int port) {}

    private final DiscoveryClient discovery;
    private final PeerProperties properties;
    private final Set<String> services = ConcurrentHashMap.newKeySet();
    private final Map<Address, Peer> peers = new ConcurrentHashMap<>();
    private final HttpClient http;
    private volatile boolean running;

    Peers(DiscoveryClient discovery, PeerProperties properties) {
        this.discovery = discovery;
        this.properties = properties;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.timeLimit())
                .build();
    }

    /** The instance at an address, whose presence is looked after from now on. */
    public Peer of(ServiceInstance instance) {
        services.add(instance.getServiceId());
        return peers.computeIfAbsent(
                new Address(instance.getHost(), instance.getPort()), at -> new Peer(at.host(), at.port()));
    }

    /** Those that take requests; all of them where none says so: better a quick refusal than none to ask. */
    public List<ServiceInstance> present(List<ServiceInstance> instances) {
        if (instances.size() < 2) {
            return instances;
        }
        var present =
                instances.stream().filter(instance -> !of(instance).absent()).toList();
        return present.isEmpty() ? instances : present;
    }

    void look() {
        for (var service : services) {
            var instances = discovery.getInstances(service);
            if (instances.size() > 1) {
                instances.stream().map(this::of).filter(Peer::mayAsk).forEach(this::ask);
            }
        }
    }

    private void ask(Peer peer) {
        var question = HttpRequest.newBuilder(peer.readiness())
                .timeout(properties.timeLimit())
                .build();
        var _ = http.sendAsync(question, BodyHandlers.discarding()).whenComplete((answer, failure) -> {
            boolean was = peer.absent();
            peer.answered(answer, failure);
            if (was != peer.absent()) {
                log.info("{} says: {}", peer.readiness(), was ? "takes requests again" : "takes no requests");
            }
        });
    }

    @Override
    public void start() {
        running = true;
        Thread.ofVirtual().name("peers").start(this::run);
    }

    private void run() {
        try {
            while (running) {
                looked();
                TimeUnit.NANOSECONDS.sleep(properties.lookEvery().toNanos());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    // A discovery that fails once must not leave everybody with old news for good.
    private void looked() {
        try {
            look();
        } catch (RuntimeException failed) {
            log.warn("peers could not be looked after: {}", failed.toString());
        }
    }

    // Stops late: what this process still has to tell others while it stops goes to those that are there.
    @Override
    public int getPhase() {
        return Integer.MIN_VALUE;
    }

    @Override
    public void stop() {
        running = false;
        http.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
