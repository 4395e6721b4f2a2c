package io.quotabank.proxy.relay;

import io.quotabank.platform.problem.OpenAiErrors;
import io.quotabank.proxy.metering.ScannedAnswer;
import io.quotabank.proxy.metering.SseScanner;
import io.quotabank.proxy.upstream.UpstreamResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The client's side of a stream: nothing of the answer goes out before its first event was seen to be one. */
final class ClientStream {

    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT_END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_HELD = 64 << 10;

    private final Exchange exchange;
    private final Call call;
    private final UpstreamResponse response;
    private final HeartBeat beat;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);
    private @Nullable OutputStream out;
    private boolean gone;

    ClientStream(Exchange exchange, Call call, UpstreamResponse response, Duration heartBeat) {
        this.exchange = exchange;
        this.call = call;
        this.response = response;
        this.beat = new HeartBeat(heartBeat, this::event);
    }

    boolean hasBegun() {
        return out != null;
    }

    /** Nothing more is written: once this has returned the client's connection is left alone. */
    void gone() {
        exchange.presence().eachLook(null);
        beat.lock.lock();
        try {
            gone = true;
        } finally {
            beat.lock.unlock();
        }
    }

    /** An event as it came; comments that come before the first event wait for it. */
    void pass(SseScanner.Event event) throws IOException {
        beat.lock.lock();
        try {
            if (out != null && !gone) {
                event.writeTo(out);
            } else if (out == null && held.size() < MOST_HELD) {
                event.writeTo(held);
            }
        } finally {
            beat.lock.unlock();
        }
    }

    /** An event with tokens or usage: as it came, but for what is said of usage. */
    void deliver(SseScanner.Event event, ScannedAnswer answer) throws IOException {
        beat.lock.lock();
        try {
            if (out == null) {
                out = begin();
            }
            if (!gone) {
                write(event, answer, out);
                beat.heard(event);
            }
        } finally {
            beat.lock.unlock();
        }
    }

    private void write(SseScanner.Event event, ScannedAnswer answer, OutputStream out) throws IOException {
        var usage = answer.usage();
        if (!answer.hasUsageObject()) {
            event.writeTo(out);
        } else if (exchange.admitted().usageAsked()) {
            if (usage == null) {
                event.writeTo(out);
            } else {
                framed(answer.withCost(exchange.bill().costOf(usage.tokens()).toString()));
            }
        } else if (answer.hasChoices()) {
            framed(answer.withoutUsage());
        }
    }

    void flush() throws IOException {
        beat.lock.lock();
        try {
            if (out != null && !gone) {
                out.flush();
            }
        } finally {
            beat.lock.unlock();
        }
    }

    void close() throws IOException {
        beat.lock.lock();
        try {
            if (out != null && !gone) {
                gone = true;
                out.close();
            }
        } finally {
            beat.lock.unlock();
        }
    }

    /** The in-band error that ends a broken stream; a client that does not hear it any more changes nothing. */
    void error(String code, String message) {
        event(OpenAiErrors.body(500, code, message, null));
    }

    private void event(byte[] json) {
        beat.lock.lock();
        try {
            framed(json);
            flush();
        } catch (IOException unheard) {
            gone = true;
        } finally {
            beat.lock.unlock();
        }
    }

    private void framed(byte[] json) throws IOException {
        if (out != null && !gone) {
            out.write(DATA);
            out.write(json);
            out.write(EVENT_END);
        }
    }

    private OutputStream begin() throws IOException {
        var client = exchange.client();
        client.setStatus(response.status());
        client.setContentType("text/event-stream");
        client.setHeader("cache-control", "no-cache");
        exchange.headers(call.upstreamRequestId(), response.header("openai-processing-ms"));
        client.setHeader("x-quotabank-reserved", exchange.bill().reserved().toString());
        exchange.bill().firstByte();
        var stream = client.getOutputStream();
        held.writeTo(stream);
        if (beat.isWanted()) {
            exchange.presence().eachLook(beat::look);
        }
        return stream;
    }
}
