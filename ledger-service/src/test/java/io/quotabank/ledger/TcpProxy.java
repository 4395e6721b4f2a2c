package io.quotabank.ledger;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Stands between clients and a server. What is said on a connection is read by a wire, which knows the protocol. */
public final class TcpProxy implements AutoCloseable {

    /** Of one connection. Each direction has a thread of its own. */
    public interface Wire {

        /** Passes one message on from the client, or cuts instead. */
        void toServer(DataInputStream from, OutputStream server) throws IOException;

        /** Passes one message on from the server, or cuts instead. */
        void toClient(DataInputStream from, OutputStream client) throws IOException;
    }

    /** Bytes as they come. */
    private static final Wire ANY = new Wire() {
        @Override
        public void toServer(DataInputStream from, OutputStream server) throws IOException {
            pass(from, server);
        }

        @Override
        public void toClient(DataInputStream from, OutputStream client) throws IOException {
            pass(from, client);
        }
    };

    private final ServerSocket door;
    private final InetSocketAddress server;
    private final Function<Runnable, Wire> wires;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;
    private volatile Duration delay = Duration.ZERO;

    private TcpProxy(ServerSocket door, InetSocketAddress server, Function<Runnable, Wire> wires) {
        this.door = door;
        this.server = server;
        this.wires = wires;
    }

    /** @param wires makes a connection's; gets what cuts it */
    public static TcpProxy to(String host, int port, Function<Runnable, Wire> wires) {
        try {
            var door = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
            var proxy = new TcpProxy(door, new InetSocketAddress(host, port), wires);
            Thread.ofVirtual().start(proxy::accept);
            return proxy;
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    public static TcpProxy to(String host, int port) {
        return to(host, port, cut -> ANY);
    }

    public int port() {
        return door.getLocalPort();
    }

    /** From now on connections are closed as soon as they come, and those that are open at once; or they are let in again. */
    public void refuse(boolean refuse) {
        refusing = refuse;
        if (refuse) {
            cutAll();
        }
    }

    public void cutAll() {
        sockets.forEach(TcpProxy::close);
    }

    /** Each message to the server comes so much later. */
    public void delay(Duration by) {
        delay = by;
    }

    @Override
    public void close() {
        close(door);
        cutAll();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                var client = door.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        sockets.add(client);
        var upstream = new Socket();
        sockets.add(upstream);
        Runnable cut = () -> {
            close(client);
            close(upstream);
            sockets.remove(client);
            sockets.remove(upstream);
        };
        if (refusing) {
            cut.run();
            return;
        }
        run(cut, () -> {
            upstream.connect(server);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            var wire = wires.apply(cut);
            var fromClient = new DataInputStream(new BufferedInputStream(client.getInputStream()));
            var fromServer = new DataInputStream(new BufferedInputStream(upstream.getInputStream()));
            var toServer = new Delayed(upstream.getOutputStream());
            var toClient = client.getOutputStream();
            Thread.ofVirtual()
                    .start(() -> run(cut, () -> {
                        while (true) {
                            wire.toClient(fromServer, toClient);
                        }
                    }));
            while (true) {
                wire.toServer(fromClient, toServer);
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Runnable cut, Work work) {
        try {
            work.run();
        } catch (IOException ended) {
            // Either side has gone, or was cut.
        } finally {
            cut.run();
        }
    }

    private static void pass(DataInputStream from, OutputStream to) throws IOException {
        int first = from.readUnsignedByte();
        var bytes = new byte[1 + Math.min(from.available(), 1 << 16)];
        bytes[0] = (byte) first;
        int more = bytes.length > 1 ? from.read(bytes, 1, bytes.length - 1) : 0;
        to.write(bytes, 0, 1 + more);
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception already) {
            throw new IllegalStateException(already);
        }
    }

    private final class Delayed extends FilterOutputStream {

        Delayed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            if (!delay.isZero()) {
                try {
                    Thread.sleep(delay);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                }
            }
            out.write(bytes, from, count);
        }
    }
}
