package io.quotabank.sandbox.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and the way to answer it, once. Every answer is a single buffer, so that its write either succeeded as
 * a whole or did not. Confined to its connection's thread, {@link #execute} excepted.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails to be written or closed shows as a connection that ends
public final class Exchange {

    /** Told once whether the answer was handed to the socket. */
    public interface Outcome {
        void sent(boolean whole);
    }

    private static final Outcome UNWATCHED = whole -> {};

    private record Refusal(int status, String sentence) {}

    private final Connection connection;
    private final ChannelHandlerContext context;
    private final HttpRequest request;
    private final byte[] body;
    private final boolean keepAlive;
    private final String path;
    private @Nullable Refusal refusal;
    private @Nullable Pump pump;
    private @Nullable Future<?> timer;
    private Runnable left = () -> {};
    private boolean answered;
    private boolean gone;

    Exchange(
            Connection connection, ChannelHandlerContext context, HttpRequest request, byte[] body, boolean keepAlive) {
        this.connection = connection;
        this.context = context;
        this.request = request;
        this.body = body;
        this.keepAlive = keepAlive;
        this.path = path(request.uri());
    }

    /** Most addresses need no decoding. */
    private String path(String uri) {
        if (uri.indexOf('%') < 0 && uri.indexOf('?') < 0) {
            return uri;
        }
        try {
            return new QueryStringDecoder(uri).path();
        } catch (IllegalArgumentException e) {
            refuseWith(400, "The address is not properly percent-encoded.");
            return uri;
        }
    }

    public String method() {
        return request.method().name();
    }

    /** The path, decoded, without the query. */
    public String path() {
        return path;
    }

    public @Nullable String header(String name) {
        return request.headers().get(name);
    }

    /**
     * The first value of a query parameter, decoded.
     *
     * @throws IllegalArgumentException when it is not properly percent-encoded
     */
    public @Nullable String query(String name) {
        var values = new QueryStringDecoder(request.uri()).parameters().get(name);
        return values == null ? null : values.getFirst();
    }

    /** The whole body; not to be changed. */
    public byte[] body() {
        return body;
    }

    public void answer(Head head, String text) {
        answer(head, text, UNWATCHED);
    }

    public void answer(Head head, String text, Outcome outcome) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        // An answer to HEAD tells the length of the body that it leaves out.
        var sent = method().equals("HEAD") ? new byte[0] : bytes;
        write(head.finish(bytes.length, keepAlive), sent, keepAlive, outcome);
    }

    /** Promises a length, sends less than that and closes the connection. The outcome is told as for a whole answer. */
    public void answerCut(Head head, int promisedBytes, String part, Outcome outcome) {
        write(head.finish(promisedBytes, keepAlive), part.getBytes(StandardCharsets.UTF_8), false, outcome);
    }

    /**
     * Promises a length, sends less than that and then nothing.
     *
     * @param whenLeft run once the client has left
     */
    public void answerStalled(Head head, int promisedBytes, String part, Outcome outcome, Runnable whenLeft) {
        if (!begin()) {
            outcome.sent(false);
            whenLeft.run();
            return;
        }
        left = whenLeft;
        context.write(Unpooled.wrappedBuffer(head.finish(promisedBytes, keepAlive)));
        context.writeAndFlush(Unpooled.wrappedBuffer(part.getBytes(StandardCharsets.UTF_8)))
                .addListener(written -> outcome.sent(written.isSuccess()));
    }

    /** From here on the answer trickles. */
    public void slowly(int bytesPerSecond, boolean headToo) {
        connection.slow(context, new Trickle(bytesPerSecond, headToo));
    }

    private void write(byte[] head, byte[] content, boolean goOn, Outcome outcome) {
        if (!begin()) {
            outcome.sent(false);
            return;
        }
        var buffer = context.alloc().directBuffer(head.length + content.length);
        buffer.writeBytes(head).writeBytes(content);
        context.writeAndFlush(buffer).addListener(written -> {
            outcome.sent(written.isSuccess());
            connection.done(this, context, goOn && written.isSuccess());
        });
    }

    /** Sends a body of unknown length. {@link Pieces#ended} is called in any case. */
    public void stream(Head head, Pieces pieces) {
        if (!begin()) {
            pieces.ended(false);
            return;
        }
        // HTTP/1.0 knows no chunks: the body ends with the connection.
        var chunked = !request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        var goOn = keepAlive && chunked;
        context.write(Unpooled.wrappedBuffer(head.finishStreamed(chunked, goOn)));
        pump = new Pump(context, pieces, chunked, whole -> connection.done(this, context, goOn && whole));
        pump.run();
    }

    /** Ends the connection with a TCP reset, as a host that has crashed does. */
    public void reset() {
        answered = true;
        context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        connection.done(this, context, false);
    }

    /** Runs a step later on the connection's thread, unless the client has gone by then. */
    public void after(long delayMs, Runnable step) {
        timer = context.executor().schedule(() -> proceed(step), delayMs, TimeUnit.MILLISECONDS);
    }

    /** Runs a step on the connection's thread, from any other, unless the client has gone. */
    public void execute(Runnable step) {
        context.executor().execute(() -> proceed(step));
    }

    private void proceed(Runnable step) {
        if (!gone) {
            connection.guard(this, step);
        }
    }

    private boolean begin() {
        if (answered) {
            throw new IllegalStateException("a request is answered once");
        }
        answered = true;
        return !gone;
    }

    void refuseWith(int status, String sentence) {
        refusal = new Refusal(status, sentence);
    }

    void handleWith(HttpServer.Handler handler) {
        if (gone) {
            return;
        }
        if (refusal == null) {
            handler.handle(this);
        } else {
            handler.refuse(this, refusal.status(), refusal.sentence());
        }
    }

    void failed(HttpServer.Handler handler) {
        if (answered) {
            connection.done(this, context, false);
        } else {
            handler.refuse(this, 500, "The sandbox provider failed; its log says why.");
        }
    }

    void writable() {
        if (pump != null) {
            context.executor().execute(pump);
        }
    }

    void gone() {
        gone = true;
        if (timer != null) {
            timer.cancel(false);
        }
        if (pump != null) {
            pump.stop();
        }
        left.run();
    }

    static ByteBuf chunk(ChannelHandlerContext context, byte[] payload) {
        var size = Integer.toHexString(payload.length).getBytes(StandardCharsets.US_ASCII);
        var buffer = context.alloc().directBuffer(payload.length + size.length + 4);
        buffer.writeBytes(size).writeShort(Pump.CRLF);
        return buffer.writeBytes(payload).writeShort(Pump.CRLF);
    }
}
