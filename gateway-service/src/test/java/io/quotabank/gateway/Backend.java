package io.quotabank.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A service behind the gateway: a small HTTP/1.1 server on plain sockets, scripted by path, that notes what it got. */
public final class Backend implements AutoCloseable {

    /**
     * @param headers names in lower case
     * @param text the body
     * @param size of the body in bytes
     */
    public record Received(String method, String target, Map<String, List<String>> headers, String text, int size) {

        public String path() {
            int query = target.indexOf('?');
            return query < 0 ? target : target.substring(0, query);
        }

        public @Nullable String header(String name) {
            var values = headers.get(name.toLowerCase(Locale.ROOT));
            return values == null ? null : values.getFirst();
        }
    }

    /** The answering side of one connection. */
    public record Wire(Socket socket, OutputStream out) {

        public void answer(int status, String contentType, String body) throws IOException {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            write("HTTP/1.1 " + status + " X\r\nContent-Type: " + contentType + "\r\nContent-Length: " + bytes.length
                    + "\r\n\r\n");
            out.write(bytes);
            out.flush();
        }

        public void json(String body) throws IOException {
            answer(200, "application/json", body);
        }

        public void startStream() throws IOException {
            write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
        }

        public void chunk(String text) throws IOException {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            write(Integer.toHexString(bytes.length) + "\r\n" + text + "\r\n");
        }

        public void endStream() throws IOException {
            write("0\r\n\r\n");
        }

        public void write(String raw) throws IOException {
            out.write(raw.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        /** Ends the connection with a reset. */
        public void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    public interface Handler {
        void handle(Received request, Wire wire) throws IOException, InterruptedException;
    }

    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final int port;
    private volatile ServerSocket listener;

    public Backend() {
        listener = listen(0);
        port = listener.getLocalPort();
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "http://127.0.0.1:" + port;
    }

    /** What to do with requests for this path; others get 404. */
    public Backend on(String path, Handler handler) {
        handlers.put(path, handler);
        return this;
    }

    public List<Received> received(String path) {
        return received.stream().filter(request -> request.path().equals(path)).toList();
    }

    public List<Received> received() {
        return List.copyOf(received);
    }

    public void forget() {
        received.clear();
    }

    public int connections() {
        return open.size();
    }

    /** Refuses connections and ends those that are open, until {@link #back()}. */
    public void away() {
        close();
    }

    public void back() {
        listener = listen(port);
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (var socket : open) {
                socket.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private ServerSocket listen(int at) {
        try {
            var socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), 200);
            Thread.ofVirtual().start(() -> accept(socket));
            return socket;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                var socket = from.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException closed) {
            // The listener was closed: nothing more to accept.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            var wire = new Wire(socket, socket.getOutputStream());
            for (var request = read(in); request != null; request = read(in)) {
                received.add(request);
                var handler = handlers.get(request.path());
                if (handler == null) {
                    wire.answer(404, "application/json", "{}");
                } else {
                    handler.handle(request, wire);
                }
            }
        } catch (IOException | InterruptedException ended) {
            // The other side left, or the test did.
        } finally {
            open.remove(socket);
        }
    }

    private static @Nullable Received read(InputStream in) throws IOException {
        var start = line(in);
        if (start == null) {
            return null;
        }
        var headers = new LinkedHashMap<String, List<String>>();
        for (var line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        var parts = start.split(" ", 3);
        var body = body(in, headers);
        return new Received(parts[0], parts[1], headers, new String(body, StandardCharsets.UTF_8), body.length);
    }

    private static byte[] body(InputStream in, Map<String, List<String>> headers) throws IOException {
        var length = headers.get("content-length");
        if (length != null) {
            return in.readNBytes(Integer.parseInt(length.getFirst()));
        }
        var body = new ByteArrayOutputStream();
        if (headers.containsKey("transfer-encoding")) {
            for (int size = chunk(in); size > 0; size = chunk(in)) {
                body.write(in.readNBytes(size));
                line(in);
            }
            line(in);
        }
        return body.toByteArray();
    }

    private static int chunk(InputStream in) throws IOException {
        var size = line(in);
        if (size == null) {
            throw new IOException("cut off");
        }
        return Integer.parseInt(size, 16);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }
}
