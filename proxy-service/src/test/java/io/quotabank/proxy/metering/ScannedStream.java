package io.quotabank.proxy.metering;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A text scanned in pieces of a given size. */
record ScannedStream(List<Event> events, ByteArrayOutputStream bytes) {

    record Event(String data, boolean done, boolean error) {}

    static ScannedStream of(String text, int pieceBytes) throws IOException {
        return of(text.getBytes(StandardCharsets.UTF_8), pieceBytes);
    }

    static ScannedStream of(byte[] bytes, int pieceBytes) throws IOException {
        var scanner = new SseScanner(4 << 20, more -> true);
        var events = new ArrayList<Event>();
        var raw = new ByteArrayOutputStream();
        var stream = pieces(bytes, pieceBytes);
        while (scanner.fill(stream) >= 0) {
            for (var event = scanner.next(); event != null; event = scanner.next()) {
                add(event, events, raw);
            }
        }
        add(scanner.last(), events, raw);
        return new ScannedStream(events, raw);
    }

    /** A stream of which no read gets more than this. */
    private static InputStream pieces(byte[] bytes, int pieceBytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, pieceBytes));
            }
        };
    }

    byte[] raw() {
        return bytes.toByteArray();
    }

    List<String> data() {
        return events.stream().map(Event::data).toList();
    }

    private static void add(SseScanner.@Nullable Event event, List<Event> events, ByteArrayOutputStream raw)
            throws IOException {
        if (event == null) {
            return;
        }
        event.writeTo(raw);
        if (event.hasData()) {
            events.add(new Event(new String(event.data(), StandardCharsets.UTF_8), event.isDone(), event.isError()));
        }
    }
}
