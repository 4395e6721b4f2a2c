package io.quotabank.ledger;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
import java.util.concurrent.ConcurrentHashMap;
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

    private final ServerSocket door;
    private final URI server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Order> order = new AtomicReference<>();
    private volatile boolean refusing;
    private volatile Duration delay = Duration.ZERO;

    private PostgresProxy(ServerSocket door, URI server) {
        this.door = door;
        this.server = server;
    }

    /** To the server of a JDBC URL. */
    public static PostgresProxy to(String url) {
        try {
            var proxy = new PostgresProxy(
                    new ServerSocket(0, 0, InetAddress.getLoopbackAddress()),
                    URI.create(url.substring("jdbc:".length())));
            Thread.ofVirtual().start(proxy::accept);
            return proxy;
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    /** A database's URL by way of this proxy. */
    public String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + door.getLocalPort() + "/" + database + "?sslmode=disable";
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

    /** From now on connections are closed as soon as they come, and those that are open at once; or they are let in again. */
    public void refuse(boolean refuse) {
        refusing = refuse;
        if (refuse) {
            sockets.forEach(PostgresProxy::close);
        }
    }

    /** Each message to the server comes so much later. */
    public void delay(Duration by) {
        delay = by;
    }

    @Override
    public void close() {
        close(door);
        sockets.forEach(PostgresProxy::close);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                var client = door.accept();
                if (refusing) {
                    close(client);
                } else {
                    Thread.ofVirtual().start(() -> connect(client));
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try {
            var upstream = new Socket(server.getHost(), server.getPort());
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            sockets.add(client);
            sockets.add(upstream);
            var connection = new Connection(client, upstream);
            Thread.ofVirtual().start(() -> connection.run(connection::fromServer));
            connection.run(connection::fromClient);
        } catch (IOException away) {
            close(client);
        }
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception already) {
            throw new IllegalStateException(already);
        }
    }

    private interface Pump {
        void run() throws IOException;
    }

    /** One client's; each direction has a thread. */
    private final class Connection {

        private final Socket client;
        private final Socket upstream;
        private final Map<String, String> prepared = new HashMap<>();
        private final Set<String> ran = new HashSet<>();
        private volatile @Nullable Order untilCommitted;
        private long copied;
        private String copying = "";

        Connection(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void run(Pump pump) {
            try {
                pump.run();
            } catch (IOException ended) {
                // Either side has gone.
            } finally {
                cut();
            }
        }

        private void cut() {
            sockets.remove(client);
            sockets.remove(upstream);
            close(client);
            close(upstream);
        }

        void fromClient() throws IOException {
            var in = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            var out = upstream.getOutputStream();
            int length = in.readInt();
            send(out, -1, length, in.readNBytes(length - Integer.BYTES));
            while (length == SSL_OR_CANCEL_HEADER) {
                length = in.readInt();
                send(out, -1, length, in.readNBytes(length - Integer.BYTES));
            }
            while (true) {
                int type = in.readUnsignedByte();
                length = in.readInt();
                var body = in.readNBytes(length - Integer.BYTES);
                if (!passes(type, body, out)) {
                    return;
                }
                if (!delay.isZero()) {
                    sleep();
                }
                send(out, type, length, body);
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
                cut();
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
            cut();
            next.done().complete(next.cut());
            return false;
        }

        void fromServer() throws IOException {
            var in = new DataInputStream(new BufferedInputStream(upstream.getInputStream()));
            var out = client.getOutputStream();
            while (true) {
                int type = in.readUnsignedByte();
                int length = in.readInt();
                var body = in.readNBytes(length - Integer.BYTES);
                var next = untilCommitted;
                if (next != null && type == 'C' && text(body, 0).equals("COMMIT")) {
                    cut();
                    next.done().complete(next.cut());
                    return;
                }
                send(out, type, length, body);
            }
        }

        private void sleep() {
            try {
                Thread.sleep(delay);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
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
