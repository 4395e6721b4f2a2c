package io.quotabank.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A client that says exactly what it is told to, byte by byte, and reads answers the way they come. */
public final class RawClient implements AutoCloseable {

    /** @param headers names in lower case */
    public record Answer(int status, Map<String, String> headers, String body) {}

    private final Socket socket;
    private final BufferedInputStream in;

    public RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    public RawClient say(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    public RawClient say(byte[] bytes, int length) throws IOException {
        socket.getOutputStream().write(bytes, 0, length);
        return this;
    }

    /** Reads one answer to its end. */
    public Answer answer() throws IOException {
        var head = head();
        var length = head.headers().get("content-length");
        if (length != null) {
            return new Answer(
                    head.status(),
                    head.headers(),
                    new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8));
        }
        var body = new StringBuilder();
        if ("chunked".equals(head.headers().get("transfer-encoding"))) {
            for (var chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
                body.append(chunk);
            }
        }
        return new Answer(head.status(), head.headers(), body.toString());
    }

    /** Status and headers; the body is left to be read. */
    public Answer head() throws IOException {
        var start = line();
        var headers = new LinkedHashMap<String, String>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(start.split(" ", 3)[1]), headers, "");
    }

    /** The next chunk of a chunked body; empty at its end. */
    public String chunk() throws IOException {
        int size = Integer.parseInt(line(), 16);
        var text = new String(in.readNBytes(size), StandardCharsets.UTF_8);
        line();
        return text;
    }

    /** True when the connection ends without another byte. */
    public boolean ended() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the connection ended after '" + line + "'");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
