package io.quotabank.sandboxpay.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * A server that answers one request per connection, each on a thread of its own. Names of headers go out as they are
 * written: WeChat Pay's SDK takes them in one spelling only, and the JDK's own server changes it.
 */
public final class HttpServer implements AutoCloseable {

    private static final int MAX_BODY_BYTES = 1 << 20;
    private static final int MAX_LINE_BYTES = 16 << 10;
    private static final int MAX_HEADERS = 100;
    private static final int PATIENCE_MS = 20_000;
    private static final int BACKLOG = 200;

    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Function<Request, Response> handler;

    private HttpServer(ServerSocket listener, Function<Request, Response> handler) {
        this.listener = listener;
        this.handler = handler;
    }

    /** @throws IOException when the port cannot be had */
    public static HttpServer start(String host, int port, Function<Request, Response> handler) throws IOException {
        var address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("--host needs an address of this machine, not '" + host + "'.");
        }
        var listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(address, BACKLOG);
        var server = new HttpServer(listener, handler);
        // Not a daemon: it is what keeps the process running.
        Thread.ofPlatform().name("accept-" + listener.getLocalPort()).start(server::accept);
        return server;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                threads.execute(() -> serve(socket));
            } catch (IOException closed) {
                // Told by the loop's condition, or a connection that was gone before it was taken.
            }
        }
    }

    private void serve(Socket connection) {
        try (var socket = connection) {
            socket.setSoTimeout(PATIENCE_MS);
            var in = new BufferedInputStream(socket.getInputStream());
            send(socket.getOutputStream(), answer(in));
        } catch (IOException gone) {
            // The client has left: nobody is there to be told.
        }
    }

    private Response answer(InputStream in) throws IOException {
        try {
            return handler.apply(read(in));
        } catch (IllegalArgumentException malformed) {
            return Response.text(400, String.valueOf(malformed.getMessage()));
        } catch (RuntimeException fault) {
            return Response.text(500, fault.toString());
        }
    }

    private static Request read(InputStream in) throws IOException {
        var first = line(in).split(" ", -1);
        if (first.length != 3) {
            throw new IllegalArgumentException("not a request");
        }
        var headers = new HashMap<String, String>();
        for (var line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == MAX_HEADERS) {
                throw new IllegalArgumentException("not a header, or too many");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Request(first[0], first[1], headers, body(in, headers));
    }

    private static String body(InputStream in, Map<String, String> headers) throws IOException {
        if (headers.containsKey("transfer-encoding")) {
            throw new IllegalArgumentException("a body needs its length");
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        if (length < 0 || length > MAX_BODY_BYTES) {
            throw new IllegalArgumentException("a body has at most " + MAX_BODY_BYTES + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the client left");
            }
            if (line.length() == MAX_LINE_BYTES) {
                throw new IllegalArgumentException("a line is too long");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private static void send(OutputStream out, Response response) throws IOException {
        var bytes = response.body().getBytes(StandardCharsets.UTF_8);
        var head = new StringBuilder("HTTP/1.1 " + response.status() + " Answer\r\nConnection: close\r\n");
        response.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        // 204 has no body, and must not tell a length of one.
        if (response.status() != 204) {
            head.append("Content-Length: ").append(bytes.length).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        out.write(bytes);
        out.flush();
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException stuck) {
            // It ends with the process.
        }
        threads.shutdownNow();
    }
}
