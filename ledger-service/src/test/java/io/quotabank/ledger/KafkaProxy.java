package io.quotabank.ledger;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a service and a broker that is alone, reads what both send (Kafka's protocol guide), and cuts a connection
 * just where it was told to. Clients go where the broker says that it is: in those answers the proxy says so of itself.
 */
public final class KafkaProxy implements AutoCloseable {

    /** Where a connection is cut. */
    public enum Cut {
        /** The broker never hears of the request. */
        BEFORE_REQUEST,
        /** The broker has done it, and the client never hears of it. */
        AFTER_REQUEST,
        /** The client gets the first half of the answer. */
        IN_ANSWER
    }

    private record Order(Cut cut, ApiKeys request, Predicate<String> client, CompletableFuture<Cut> done) {

        boolean means(RequestHeader header) {
            return header.apiKey() == request && client.test(header.clientId());
        }
    }

    private final TcpProxy proxy;
    private final AtomicReference<@Nullable Order> order = new AtomicReference<>();

    private KafkaProxy(String host, int port) {
        proxy = TcpProxy.to(host, port, Connection::new);
    }

    /** To the broker at such an address, {@code host:port}. */
    public static KafkaProxy to(String bootstrapServers) {
        int colon = bootstrapServers.lastIndexOf(':');
        return new KafkaProxy(
                bootstrapServers.substring(0, colon), Integer.parseInt(bootstrapServers.substring(colon + 1)));
    }

    public String bootstrapServers() {
        return "127.0.0.1:" + proxy.port();
    }

    /**
     * Cuts the connection of the next such request.
     *
     * @param client of which clients' requests, by their id
     * @return done when it has happened
     */
    public CompletableFuture<Cut> cut(Cut cut, ApiKeys request, Predicate<String> client) {
        var next = new Order(cut, request, client, new CompletableFuture<>());
        if (!order.compareAndSet(null, next)) {
            throw new IllegalStateException("the last cut has not happened yet");
        }
        return next.done();
    }

    public CompletableFuture<Cut> cut(Cut cut, ApiKeys request) {
        return cut(cut, request, any -> true);
    }

    /** See {@link TcpProxy#refuse}. */
    public void refuse(boolean refuse) {
        proxy.refuse(refuse);
    }

    /** See {@link TcpProxy#cutAll}. */
    public void cutAll() {
        proxy.cutAll();
    }

    @Override
    public void close() {
        proxy.close();
    }

    private final class Connection implements TcpProxy.Wire {

        private final Runnable cut;
        private final Map<Integer, RequestHeader> asked = new ConcurrentHashMap<>();
        private final Map<Integer, Order> cutsByAnswer = new ConcurrentHashMap<>();

        Connection(Runnable cut) {
            this.cut = cut;
        }

        @Override
        public void toServer(DataInputStream from, OutputStream server) throws IOException {
            var body = from.readNBytes(from.readInt());
            var header = RequestHeader.parse(ByteBuffer.wrap(body));
            var next = order.get();
            if (next != null && next.means(header) && order.compareAndSet(next, null)) {
                if (next.cut() == Cut.BEFORE_REQUEST) {
                    end(next);
                    return;
                }
                cutsByAnswer.put(header.correlationId(), next);
            }
            asked.put(header.correlationId(), header);
            send(server, body, body.length);
        }

        @Override
        public void toClient(DataInputStream from, OutputStream client) throws IOException {
            var body = from.readNBytes(from.readInt());
            int correlation = ByteBuffer.wrap(body).getInt();
            var header = asked.remove(correlation);
            var next = cutsByAnswer.remove(correlation);
            if (next == null) {
                var told = header == null ? body : asFromHere(header, body);
                send(client, told, told.length);
                return;
            }
            if (next.cut() == Cut.IN_ANSWER) {
                send(client, body, body.length / 2);
            }
            end(next);
        }

        private void end(Order order) {
            cut.run();
            order.done().complete(order.cut());
        }
    }

    private byte[] asFromHere(RequestHeader header, byte[] answer) {
        var from = new ByteBufferAccessor(ByteBuffer.wrap(answer));
        short version = header.apiVersion();
        if (header.apiKey() == ApiKeys.METADATA) {
            var head = head(header, from);
            var metadata = new MetadataResponseData(from, version);
            metadata.brokers().forEach(broker -> broker.setHost("127.0.0.1").setPort(proxy.port()));
            return bytes(header, head, metadata);
        }
        if (header.apiKey() == ApiKeys.FIND_COORDINATOR) {
            var head = head(header, from);
            var found = new FindCoordinatorResponseData(from, version);
            found.coordinators().forEach(broker -> broker.setHost("127.0.0.1").setPort(proxy.port()));
            return bytes(header, head, found);
        }
        return answer;
    }

    private static ResponseHeaderData head(RequestHeader header, ByteBufferAccessor from) {
        return new ResponseHeaderData(from, header.apiKey().responseHeaderVersion(header.apiVersion()));
    }

    private static byte[] bytes(RequestHeader header, ResponseHeaderData head, Message body) {
        var first = MessageUtil.toByteBufferAccessor(head, header.apiKey().responseHeaderVersion(header.apiVersion()))
                .buffer();
        var rest = MessageUtil.toByteBufferAccessor(body, header.apiVersion()).buffer();
        var all = ByteBuffer.allocate(first.remaining() + rest.remaining());
        return all.put(first).put(rest).array();
    }

    /** @param part how much of it is sent; its length is told all the same */
    private static void send(OutputStream out, byte[] body, int part) throws IOException {
        var message = ByteBuffer.allocate(Integer.BYTES + part);
        message.putInt(body.length).put(body, 0, part);
        out.write(message.array());
    }
}
