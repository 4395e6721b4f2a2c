package io.quotabank.sandbox.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** One client's connection: gathers requests whole and hands them on one at a time, in order. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails to be written or closed shows as a connection that ends
final class Connection extends ChannelInboundHandlerAdapter {

    /** Requests sent ahead of their turn (pipelining); a client that sends more is cut off. */
    private static final int MAX_WAITING = 16;

    /** A body that is too large is read to its end, so that the client sees the answer, up to this size. */
    private static final long MAX_DISCARDED_BYTES = 64L << 20;

    private static final int FIRST_BODY_BYTES = 65_536;
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final System.Logger LOG = System.getLogger(Connection.class.getName());

    private final HttpServer.Handler handler;
    private final int maxBodyBytes;
    private final Deque<Exchange> waiting = new ArrayDeque<>();
    private @Nullable Exchange current;
    private @Nullable HttpRequest incoming;
    private @Nullable ByteBuf body;
    private long bodyBytes;
    private @Nullable Trickle trickle;

    Connection(HttpServer.Handler handler, int maxBodyBytes) {
        this.handler = handler;
        this.maxBodyBytes = maxBodyBytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (message instanceof HttpRequest request) {
                begin(context, request);
            }
            if (message instanceof HttpContent content && incoming != null) {
                gather(context, incoming, content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            turnAway(context, request, request.decoderResult().cause());
            return;
        }
        incoming = request;
        bodyBytes = 0;
        if (HttpUtil.is100ContinueExpected(request) && current == null) {
            context.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE));
        }
    }

    private void gather(ChannelHandlerContext context, HttpRequest request, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            turnAway(context, request, content.decoderResult().cause());
            return;
        }
        bodyBytes += content.content().readableBytes();
        if (bodyBytes > MAX_DISCARDED_BYTES) {
            context.close();
        } else if (bodyBytes <= maxBodyBytes) {
            keep(request, content.content());
        } else {
            body = null;
        }
        if (content instanceof LastHttpContent) {
            complete(context, request);
        }
    }

    private void keep(HttpRequest request, ByteBuf content) {
        if (content.isReadable()) {
            if (body == null) {
                var expected = HttpUtil.getContentLength(request, (long) content.readableBytes());
                body = Unpooled.buffer((int) Math.min(expected, FIRST_BODY_BYTES), maxBodyBytes);
            }
            body.writeBytes(content);
        }
    }

    private void complete(ChannelHandlerContext context, HttpRequest request) {
        var bytes = body == null ? new byte[0] : ByteBufUtil.getBytes(body, 0, body.readableBytes(), false);
        var tooLarge = bodyBytes > maxBodyBytes;
        incoming = null;
        body = null;
        var exchange = new Exchange(this, context, request, bytes, HttpUtil.isKeepAlive(request));
        if (tooLarge) {
            exchange.refuseWith(413, "The request body is larger than " + maxBodyBytes + " bytes.");
        }
        enqueue(context, exchange);
    }

    /** What cannot be understood as HTTP is answered, and the rest of the connection with it not read. */
    private void turnAway(ChannelHandlerContext context, HttpRequest request, Throwable cause) {
        incoming = null;
        body = null;
        var exchange = new Exchange(this, context, request, new byte[0], false);
        switch (cause) {
            case TooLongHttpLineException e -> exchange.refuseWith(414, "The request line is too long.");
            case TooLongHttpHeaderException e -> exchange.refuseWith(431, "The request's header fields are too large.");
            case TooLongFrameException e -> exchange.refuseWith(431, "The request's head is too large.");
            default -> exchange.refuseWith(400, "The request is not valid HTTP.");
        }
        enqueue(context, exchange);
    }

    private void enqueue(ChannelHandlerContext context, Exchange exchange) {
        if (current == null) {
            serve(exchange);
        } else if (waiting.size() < MAX_WAITING) {
            waiting.add(exchange);
        } else {
            context.close();
        }
    }

    private void serve(Exchange exchange) {
        current = exchange;
        guard(exchange, () -> exchange.handleWith(handler));
    }

    /** A step that throws ends its own answer, not the others'. */
    void guard(Exchange exchange, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "A request could not be handled", e);
            exchange.failed(handler);
        }
    }

    /** The current answer is sent slowly, the next one is not. */
    void slow(ChannelHandlerContext context, Trickle by) {
        context.pipeline().addFirst(by);
        trickle = by;
    }

    /** The current answer is out, or given up. */
    void done(Exchange exchange, ChannelHandlerContext context, boolean keepAlive) {
        if (exchange != current) {
            return;
        }
        current = null;
        if (trickle != null) {
            if (context.pipeline().context(trickle) != null) {
                context.pipeline().remove(trickle);
            }
            trickle = null;
        }
        if (!keepAlive) {
            waiting.clear();
            context.close();
            return;
        }
        var next = waiting.poll();
        if (next != null) {
            // Not from here: a long line of waiting requests would be as deep a recursion.
            current = next;
            context.executor().execute(() -> serve(next));
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (current != null && context.channel().isWritable()) {
            current.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        waiting.clear();
        if (current != null) {
            current.gone();
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset by the peer is how clients leave.
        if (!(cause instanceof IOException)) {
            LOG.log(System.Logger.Level.WARNING, "A connection failed", cause);
        }
        context.close();
    }
}
