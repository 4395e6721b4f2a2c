package io.quotabank.platform.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

class PeersTests {

    /** An instance that answers with a status, or not at all. */
    private static final class Answering implements AutoCloseable {
        final AtomicInteger status = new AtomicInteger(200);
        final AtomicInteger asked = new AtomicInteger();
        final CountDownLatch silent = new CountDownLatch(1);
        final HttpServer server;

        Answering() {
            try {
                server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.createContext("/readyz", exchange -> {
                asked.incrementAndGet();
                if (status.get() == 0) {
                    awaitEnd();
                }
                exchange.sendResponseHeaders(status.get(), -1);
                exchange.close();
            });
            server.start();
        }

        private void awaitEnd() {
            try {
                silent.await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        }

        ServiceInstance instance(String service) {
            int port = server.getAddress().getPort();
            return new DefaultServiceInstance(service + port, service, "127.0.0.1", port, false);
        }

        @Override
        public void close() {
            silent.countDown();
            server.stop(0);
        }
    }

    private final Answering first = new Answering();
    private final Answering second = new Answering();
    private final List<ServiceInstance> both =
            Stream.of(first, second).map(one -> one.instance("both")).toList();
    private final Peers peers = peers();

    @AfterEach
    void end() {
        peers.stop();
        first.close();
        second.close();
    }

    @Test
    void passesOverWhoSaysThatItTakesNoRequestsUntilItDoesAgain() {
        assertThat(peers.present(both)).isEqualTo(both);

        first.status.set(503);
        untilPresent(both.getLast());

        first.status.set(200);
        untilPresent(both.getFirst(), both.getLast());
    }

    @Test
    void passesOverWhoIsNotThere() {
        peers.present(both);
        second.close();

        untilPresent(both.getFirst());
    }

    @Test
    void keepsWhoIsTooBusyToAnswerAndWhoDoesNotKnowTheQuestion() throws Exception {
        peers.present(both);
        first.status.set(0);
        second.status.set(404);
        for (int i = 0; i < 5; i++) {
            peers.look();
            Thread.sleep(60);
        }

        assertThat(first.asked).hasPositiveValue();
        assertThat(second.asked).hasPositiveValue();
        assertThat(peers.present(both)).isEqualTo(both);
    }

    @Test
    void givesAllWhereNoneTakesRequests() {
        peers.present(both);
        first.status.set(503);
        untilPresent(both.getLast());

        second.status.set(503);
        untilPresent(both.getFirst(), both.getLast());
    }

    @Test
    void asksNobodyWhoIsAlone() throws Exception {
        var alone = List.of(first.instance("alone"));
        peers.of(alone.getFirst());
        first.status.set(503);
        peers.look();
        Thread.sleep(60);

        assertThat(first.asked).hasValue(0);
        assertThat(peers.present(alone)).isEqualTo(alone);
    }

    private void untilPresent(ServiceInstance... expected) {
        await().pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
            peers.look();
            assertThat(peers.present(both)).containsExactly(expected);
        });
    }

    private Peers peers() {
        return new Peers(new Known(), new PeerProperties(Duration.ofSeconds(30), Duration.ofMillis(50)));
    }

    private final class Known implements DiscoveryClient {
        @Override
        public String description() {
            return "two of one service, and one of another";
        }

        @Override
        public List<ServiceInstance> getInstances(String service) {
            return service.equals("both") ? both : List.of(first.instance(service));
        }

        @Override
        public List<String> getServices() {
            return List.of("both", "alone");
        }
    }
}
