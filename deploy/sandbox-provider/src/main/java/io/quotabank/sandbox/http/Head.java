package io.quotabank.sandbox.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The head of an answer, being written. Names and values must be ASCII without line breaks. */
public final class Head {

    private record Date(long second, String line) {}

    private static final DateTimeFormatter IMF_FIXDATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);
    private static volatile Date date = new Date(0, "");

    private final StringBuilder text = new StringBuilder(1024);

    private Head() {}

    public static Head of(int status, String contentType) {
        var head = new Head();
        head.text.append("HTTP/1.1 ").append(HttpResponseStatus.valueOf(status)).append("\r\n");
        head.text.append(dateLine());
        return head.with("content-type", contentType);
    }

    public Head with(String name, String value) {
        text.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    public Head with(String name, long value) {
        text.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    byte[] finish(int contentLength, boolean keepAlive) {
        with("content-length", contentLength);
        return end(keepAlive);
    }

    byte[] finishStreamed(boolean chunked, boolean keepAlive) {
        if (chunked) {
            with("transfer-encoding", "chunked");
        }
        return end(keepAlive);
    }

    private byte[] end(boolean keepAlive) {
        if (!keepAlive) {
            with("connection", "close");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Rendered once a second, not once an answer. */
    private static String dateLine() {
        var second = System.currentTimeMillis() / 1000;
        var known = date;
        if (known.second() != second) {
            var now = Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC);
            known = new Date(second, "date: " + IMF_FIXDATE.format(now) + "\r\n");
            date = known;
        }
        return known.line();
    }
}
