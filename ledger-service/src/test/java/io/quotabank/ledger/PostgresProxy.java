package io.quotabank.ledger;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a service and PostgreSQL, reads the messages that both send (PostgreSQL's documentation, "Message
 * Formats"), and cuts a connection just where it was told to: one connection, once, whose transaction ran what it was told.
 */
public final class PostgresProxy implements AutoCloseable {

    /** Where a connection is cut. */
    public enum Cut {
        /** The server never hears COMMIT. */
        BEFORE_COMMIT,
        /** The server has committed, and the client never hears of it. */
        AFTER_COMMIT,
        /** The server has got a part of the rows of a COPY. */
        IN_COPY
    }

    /** @param after bytes of rows, for {@link Cut#IN_COPY} */
    private record Order(Cut cut, String sql, long after, CompletableFuture<Cut> done) {}

    private static final int SSL_OR_CANCEL_HEADER = 8;

    private final TcpProxy proxy;
    private final AtomicReference<@Nullable Order> order = new AtomicReference<>();

    private PostgresProxy(URI server) {
        this.proxy = TcpProxy.to(server.getHost(), server.getPort(), Connection::new);
    }

    /** To the server of a JDBC URL. */
    public static PostgresProxy to(String url) {
        return new PostgresProxy(URI.create(url.substring("jdbc:".length())));
    }

    /** A database's URL by way of this proxy. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + database + "?sslmode=disable";
    }

    /**
     * Cuts the next transaction that runs such a statement.
     *
     * @param sql a part of the statement's text
     * @return done when it has happened
     */
    public CompletableFuture<Cut> cut(Cut cut, String sql) {
        return cut(new Order(cut, sql, 0, new CompletableFuture<>()));
    }

    /** Cuts the next COPY into such a table, after so many bytes of rows. */
    public CompletableFuture<Cut> cutCopy(String table, long after) {
        return cut(new Order(Cut.IN_COPY, "COPY " + table, after, new CompletableFuture<>()));
    }

    private CompletableFuture<Cut> cut(Order next) {
        if (!order.compareAndSet(null, next)) {
            throw new IllegalStateException("the last cut has not happened yet");
        }
        return next.done();
    }

    /** See {@link TcpProxy#refuse}. */
    public void refuse(boolean refuse) {
        proxy.refuse(refuse);
    }

    /** See {@link TcpProxy#delay}. */
    public void delay(Duration by) {
        proxy.delay(by);
    }

    @Override
    public void close() {
        proxy.close();
    }

    private final class Connection implements TcpProxy.Wire {

        private final Runnable cut;
        private final Map<String, String> prepared = new HashMap<>();
        private final Set<String> ran = new HashSet<>();
        private volatile @Nullable Order untilCommitted;
        private boolean begun;
        private long copied;
        private String copying = "";

        Connection(Runnable cut) {
            this.cut = cut;
        }

        @Override
        public void toServer(DataInputStream from, OutputStream server) throws IOException {
            int type = begun ? from.readUnsignedByte() : -1;
            int length = from.readInt();
            var body = from.readNBytes(length - Integer.BYTES);
            if (!begun) {
                begun = length != SSL_OR_CANCEL_HEADER;
                send(server, type, length, body);
            } else if (passes(type, body, server)) {
                send(server, type, length, body);
            }
        }

        /** False where the connection is to be cut before this message. */
        private boolean passes(int type, byte[] body, OutputStream out) throws IOException {
            switch (type) {
                case 'Q' -> {
                    return runs(text(body, 0));
                }
                case 'P' -> {
                    var name = text(body, 0);
                    prepared.put(name, text(body, size(name)));
                }
                case 'B' -> {
                    var portal = text(body, 0);
                    return runs(prepared.getOrDefault(text(body, size(portal)), ""));
                }
                case 'd' -> {
                    return copies(body, out);
                }
                default -> {}
            }
            return true;
        }

        private boolean runs(String sql) {
            var command = sql.strip().toUpperCase(Locale.ROOT);
            if (command.startsWith("COPY")) {
                copying = sql;
                copied = 0;
            }
            if (!command.equals("COMMIT")) {
                if (command.equals("ROLLBACK")) {
                    ran.clear();
                } else {
                    ran.add(sql);
                }
                return true;
            }
            var next = order.get();
            boolean meant = next != null && ran.stream().anyMatch(statement -> statement.contains(next.sql()));
            ran.clear();
            if (next == null || !meant || next.cut() == Cut.IN_COPY || !order.compareAndSet(next, null)) {
                return true;
            }
            if (next.cut() == Cut.BEFORE_COMMIT) {
                cut.run();
                next.done().complete(next.cut());
                return false;
            }
            untilCommitted = next;
            return true;
        }

        private boolean copies(byte[] rows, OutputStream out) throws IOException {
            var next = order.get();
            if (next == null || next.cut() != Cut.IN_COPY || !copying.startsWith(next.sql())) {
                return true;
            }
            if (copied + rows.length <= next.after() || !order.compareAndSet(next, null)) {
                copied += rows.length;
                return true;
            }
            int part = (int) (next.after() - copied);
            out.write('d');
            out.write(ByteBuffer.allocate(Integer.BYTES)
                    .putInt(rows.length + Integer.BYTES)
                    .array());
            out.write(rows, 0, part);
            out.flush();
            cut.run();
            next.done().complete(next.cut());
            return false;
        }

        @Override
        public void toClient(DataInputStream from, OutputStream client) throws IOException {
            int type = from.readUnsignedByte();
            int length = from.readInt();
            var body = from.readNBytes(length - Integer.BYTES);
            var next = untilCommitted;
            if (next != null && type == 'C' && text(body, 0).equals("COMMIT")) {
                cut.run();
                next.done().complete(next.cut());
            } else {
                send(client, type, length, body);
            }
        }
    }

    /** @param type -1 for a message that has none: a connection's first */
    private static void send(OutputStream out, int type, int length, byte[] body) throws IOException {
        var message = ByteBuffer.allocate(1 + length);
        if (type >= 0) {
            message.put((byte) type);
        }
        message.putInt(length).put(body);
        out.write(message.array(), 0, message.position());
    }

    private static String text(byte[] body, int from) {
        int end = from;
        while (end < body.length && body[end] != 0) {
            end++;
        }
        return new String(body, from, end - from, StandardCharsets.UTF_8);
    }

    private static int size(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length + 1;
    }
}
