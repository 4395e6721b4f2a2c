package io.quotabank.systemtests.stack;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** What an OpenTelemetry collector is for a suite: takes spans by OTLP over HTTP, in protobuf, and keeps them. */
public final class Collector implements AutoCloseable {

    /** Behind a suite's own ports; suites under test are told to export there. */
    public static final int BEHIND_THE_GATEWAY = 70;

    /**
     * @param service that wrote it down
     * @param parent empty where it is the first of its trace
     */
    public record Span(String service, String trace, String id, String parent, String name) {}

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    public Collector(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/v1/traces", exchange -> {
            take(ByteBuffer.wrap(exchange.getRequestBody().readAllBytes()));
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    public List<Span> of(String trace) {
        return spans.stream().filter(span -> span.trace().equals(trace)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    // opentelemetry/proto/collector/trace/v1: ExportTraceServiceRequest.resource_spans = 1
    private void take(ByteBuffer request) {
        fields(request, (number, resourceSpans) -> {
            var service = new String[] {""};
            // ResourceSpans: resource = 1, scope_spans = 2; Resource.attributes = 1; ScopeSpans.spans = 2
            fields(resourceSpans.duplicate(), (part, value) -> {
                if (part == 1) {
                    fields(value, (attributes, attribute) -> name(attribute, service));
                }
            });
            fields(resourceSpans, (part, value) -> {
                if (part == 2) {
                    fields(value, (spansOfScope, span) -> {
                        if (spansOfScope == 2) {
                            spans.add(span(service[0], span));
                        }
                    });
                }
            });
        });
    }

    // KeyValue: key = 1, value = 2; AnyValue.string_value = 1
    private static void name(ByteBuffer attribute, String[] service) {
        var key = new String[] {""};
        fields(attribute, (number, value) -> {
            if (number == 1) {
                key[0] = text(value);
            } else if (number == 2 && key[0].equals("service.name")) {
                fields(value, (kind, string) -> service[0] = text(string));
            }
        });
    }

    // Span: trace_id = 1, span_id = 2, parent_span_id = 4, name = 5
    private static Span span(String service, ByteBuffer bytes) {
        var parts = new String[] {"", "", "", "", "", ""};
        fields(bytes, (number, value) -> {
            switch (number) {
                case 1, 2, 4 -> parts[number] = hex(value);
                case 5 -> parts[number] = text(value);
                default -> {}
            }
        });
        return new Span(service, parts[1], parts[2], parts[4], parts[5]);
    }

    /** Gives each field of a message that holds bytes: a message, a string or an id. */
    private static void fields(ByteBuffer message, BiConsumer<Integer, ByteBuffer> each) {
        while (message.hasRemaining()) {
            long tag = varint(message);
            switch ((int) tag & 7) {
                case 0 -> varint(message);
                case 1 -> message.position(message.position() + Long.BYTES);
                case 2 -> {
                    int length = (int) varint(message);
                    each.accept((int) (tag >>> 3), message.slice(message.position(), length));
                    message.position(message.position() + length);
                }
                case 5 -> message.position(message.position() + Integer.BYTES);
                default -> throw new IllegalArgumentException("not protobuf");
            }
        }
    }

    private static long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = message.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private static String hex(ByteBuffer bytes) {
        var copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }
}
