package io.quotabank.proxy.upstream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A provider on a real socket that answers each call as the next script says; the last script goes on for ever. */
public final class ScriptedProvider implements AutoCloseable {

    /** What one call is answered with. */
    public interface Script {
        void answer(Call call) throws IOException;
    }

    /** A call as it came. */
    public static final class Call {
        private final String target;
        private final Map<String, String> headers;
        private final byte[] body;
        private final Socket socket;
        private final OutputStream out;

        Call(String target, Map<String, String> headers, byte[] body, Socket socket) throws IOException {
            this.target = target;
            this.headers = headers;
            this.body = body;
            this.socket = socket;
            this.out = socket.getOutputStream();
        }

        public String target() {
            return target;
        }

        public @Nullable String header(String name) {
            return headers.get(name);
        }

        public Map<String, String> headers() {
            return headers;
        }

        public String body() {
            return new String(body, StandardCharsets.UTF_8);
        }

        public void json(int status, String json, String... headerLines) throws IOException {
            var bytes = json.getBytes(StandardCharsets.UTF_8);
            head(status, "application/json", "content-length: " + bytes.length, headerLines);
            out.write(bytes);
            out.flush();
        }

        /** Begins an event stream. */
        public void stream(String... headerLines) throws IOException {
            head(200, "text/event-stream", "transfer-encoding: chunked", headerLines);
        }

        public void chunk(String text) throws IOException {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            write(Integer.toHexString(bytes.length) + "\r\n");
            out.write(bytes);
            write("\r\n");
            out.flush();
        }

        public void data(String json) throws IOException {
            chunk("data: " + json + "\n\n");
        }

        public void end() throws IOException {
            write("0\r\n\r\n");
            out.flush();
        }

        /** Writes bytes as they are. */
        public void raw(String text) throws IOException {
            write(text);
            out.flush();
        }

        /** Resets the connection. */
        public void cut() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** True once the caller has closed its side. */
        public boolean callerGone() {
            try {
                return socket.getInputStream().read() < 0;
            } catch (IOException gone) {
                return true;
            }
        }

        private void head(int status, String type, String length, String... headerLines) throws IOException {
            var head = new StringBuilder("HTTP/1.1 " + status + " X\r\n");
            head.append("content-type: ")
                    .append(type)
                    .append("\r\n")
                    .append(length)
                    .append("\r\n");
            for (var line : headerLines) {
                head.append(line).append("\r\n");
            }
            write(head.append("\r\n").toString());
            out.flush();
        }

        private void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private final ServerSocket server;
    private final Deque<Script> scripts = new ArrayDeque<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    public ScriptedProvider() {
        try {
            server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Calls from now on are answered by these, in order. */
    public synchronized void script(Script... next) {
        scripts.clear();
        scripts.addAll(List.of(next));
    }

    public String baseUrl() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/v1";
    }

    public String authority() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    public List<Call> calls() {
        return calls;
    }

    public int connections() {
        return connections.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            for (var call = read(in, socket); call != null && !socket.isClosed(); call = read(in, socket)) {
                calls.add(call);
                next().answer(call);
            }
        } catch (IOException broken) {
            return;
        }
    }

    private synchronized Script next() {
        return scripts.size() > 1 ? scripts.removeFirst() : scripts.getFirst();
    }

    private static @Nullable Call read(InputStream in, Socket socket) throws IOException {
        var first = line(in);
        if (first == null) {
            return null;
        }
        var headers = new TreeMap<String, String>();
        for (var line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new Call(first, headers, in.readNBytes(length), socket);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                return line.toString();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.isEmpty() ? null : line.toString();
    }
}
