package io.quotabank.gateway.relay;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One connection to a proxy-service. It carries one exchange at a time and belongs to one event loop. */
final class Upstream extends ChannelInboundHandlerAdapter {

    private final Channel channel;
    private final ArrayDeque<Upstream> idle;
    private @Nullable Exchange exchange;
    private boolean reusable = true;
    private long idleSinceNs;

    Upstream(Channel channel, ArrayDeque<Upstream> idle) {
        this.channel = channel;
        this.idle = idle;
    }

    Channel channel() {
        return channel;
    }

    boolean usable(long notIdleSinceNs) {
        return channel.isActive() && idleSinceNs - notIdleSinceNs > 0;
    }

    void carry(Exchange next) {
        exchange = next;
    }

    /** The exchange is over and the connection clean: kept for another one if both sides want that. */
    void release() {
        exchange = null;
        if (reusable && channel.isActive()) {
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
            current.answerPart(part);
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
