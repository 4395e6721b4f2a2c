package io.quotabank.ledger.reconciliation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageLog;
import io.quotabank.ledger.Ledger;
import io.quotabank.platform.identity.InvalidTokenException;
import io.quotabank.platform.testkit.TestIdentity;
import io.quotabank.platform.testkit.TestKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import tools.jackson.databind.json.JsonMapper;

/** The usage log as the ledger sees it, over HTTP and by its group's offsets; what it has read is told by the test. */
final class FakeUsageLog implements UsageLog, AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    // PostgreSQL's order of ids: unsigned bytes.
    private static final Comparator<UUID> BY_BYTES = Comparator.comparing(UUID::toString);

    private final ConcurrentSkipListMap<UUID, Entry> entries = new ConcurrentSkipListMap<>(BY_BYTES);
    private final String group = "usage-log-" + UUID.randomUUID();
    private final HttpServer server;
    private volatile Runnable beforeListing = () -> {};

    FakeUsageLog() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        server.createContext(
                "/internal/usage/sums", exchange -> answer(exchange, () -> sums(body(exchange, Wish.class))));
        server.createContext(
                "/internal/usage/entries", exchange -> answer(exchange, () -> entries(body(exchange, Window.class))));
        server.start();
    }

    /** What points a ledger at it. */
    Map<String, Object> settings() {
        return Map.of(
                "spring.cloud.discovery.client.simple.instances.usage-log[0].uri",
                "http://127.0.0.1:" + server.getAddress().getPort(),
                "quotabank.reconciliation.usage-log-group",
                group,
                "quotabank.reconciliation.patience",
                "10s");
    }

    void take(Closed event) {
        entries.put(event.requestId(), new Entry(event.requestId(), event.cost(), event.served()));
    }

    void forget(Closed event) {
        entries.remove(event.requestId());
    }

    /** Says that it has read all that is in the topic. */
    void catchUp() {
        try (var admin = Admin.create(Map.of("bootstrap.servers", TestKafka.bootstrapServers()))) {
            var latest = IntStream.range(0, Ledger.PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(UsageEvent.TOPIC, partition))
                    .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
            var ends = admin.listOffsets(latest).all().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey,
                            end -> new OffsetAndMetadata(end.getValue().offset())));
            admin.alterConsumerGroupOffsets(group, ends).all().get();
        } catch (ExecutionException | InterruptedException refused) {
            throw new IllegalStateException(refused);
        }
    }

    /** What happens, once, when requests are listed: after sums were compared and before they are looked at. */
    void beforeListing(Runnable act) {
        beforeListing = act;
    }

    @Override
    public List<Sum> sums(Wish wish) {
        return wish.window().split(wish.parts()).stream()
                .map(window -> in(window).stream()
                        .map(entry -> new Sum(1, entry.cost(), entry.served()))
                        .reduce(Sum.NOTHING, FakeUsageLog::plus))
                .toList();
    }

    @Override
    public List<Entry> entries(Window window) {
        var act = beforeListing;
        beforeListing = () -> {};
        var listed = in(window);
        act.run();
        return listed;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private List<Entry> in(Window window) {
        return List.copyOf(entries.subMap(window.first(), window.end()).values());
    }

    private static Sum plus(Sum one, Sum other) {
        return new Sum(one.count() + other.count(), plus(one.cost(), other.cost()), plus(one.served(), other.served()));
    }

    private static Credits plus(Credits one, Credits other) {
        return one.plus(other);
    }

    private interface Answer {
        Object give() throws IOException;
    }

    private static void answer(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            var json = JSON.writeValueAsBytes(answer.give());
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(isService(exchange) ? 200 : 401, json.length);
            exchange.getResponseBody().write(json);
        }
    }

    private static boolean isService(HttpExchange exchange) {
        var token = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
        try {
            return TestIdentity.of("usage-log")
                    .verify(token.substring("Bearer ".length()))
                    .isService();
        } catch (InvalidTokenException stranger) {
            return false;
        }
    }

    private static <T> T body(HttpExchange exchange, Class<T> type) throws IOException {
        return JSON.readValue(exchange.getRequestBody().readAllBytes(), type);
    }
}
