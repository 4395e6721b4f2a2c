package io.quotabank.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One connection to a proxy-service. It carries one exchange at a time and belongs to one event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // Whether a write or close failed is told by channelInactive.
final class Upstream extends ChannelInboundHandlerAdapter {

    private final Channel channel;
    private final Instance instance;
    private final ArrayDeque<Upstream> idle;
    private @Nullable Exchange exchange;
    private boolean reusable = true;
    private long idleSinceNs;

    Upstream(Channel channel, Instance instance, ArrayDeque<Upstream> idle) {
        this.channel = channel;
        this.instance = instance;
        this.idle = idle;
    }

    boolean usable(long notIdleSinceNs) {
        return channel.isActive() && idleSinceNs - notIdleSinceNs > 0 && instance.keepsConnections();
    }

    /** Sends what there is of a request; the rest of its body, if any, follows by {@link #pass}. */
    void send(Exchange next, HttpRequest head, RequestBody body) {
        exchange = next;
        var held = body.take();
        if (body.whole()) {
            if (held.isReadable() || body.declared() >= 0) {
                head.headers().set(HttpHeaderNames.CONTENT_LENGTH, held.readableBytes());
            }
            // In one piece: one buffer, one system call.
            var full = new DefaultFullHttpRequest(
                    head.protocolVersion(), head.method(), head.uri(), held, head.headers(), EmptyHttpHeaders.INSTANCE);
            channel.writeAndFlush(full, channel.voidPromise());
            return;
        }
        if (body.declared() >= 0) {
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.declared());
        } else {
            head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        channel.write(head, channel.voidPromise());
        channel.writeAndFlush(new DefaultHttpContent(held), channel.voidPromise());
    }

    /** Sends more of a body. What is not the last waits for {@link #flush()}. */
    void pass(ByteBuf bytes, boolean last) {
        channel.write(new DefaultHttpContent(bytes), channel.voidPromise());
        if (last) {
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
        }
    }

    void flush() {
        channel.flush();
    }

    boolean writable() {
        return channel.isWritable();
    }

    /** Goes on or pauses reading the answer. */
    void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    /** The exchange is over and the connection clean: kept for another one if both sides want that. */
    void release() {
        exchange = null;
        if (reusable && channel.isActive() && instance.keepsConnections()) {
            channel.config().setAutoRead(true);
            idleSinceNs = System.nanoTime();
            idle.push(this);
        } else {
            channel.close();
        }
    }

    /** The exchange is over before its time. */
    void abort() {
        exchange = null;
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var current = exchange;
        if (current == null || ((HttpObject) message).decoderResult().isFailure()) {
            // Bytes that nobody asked for, or that are not HTTP: nothing after them can be trusted.
            ReferenceCountUtil.release(message);
            context.close();
            return;
        }
        if (message instanceof HttpResponse answer) {
            reusable = HttpUtil.isKeepAlive(answer);
            current.answer(answer);
        } else if (message instanceof HttpContent part) {
            current.answerPart(part, this);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (exchange != null) {
            exchange.answerPause();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (exchange != null) {
            exchange.upstreamWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        var current = exchange;
        exchange = null;
        if (current == null) {
            idle.remove(this);
        } else {
            current.upstreamGone();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
