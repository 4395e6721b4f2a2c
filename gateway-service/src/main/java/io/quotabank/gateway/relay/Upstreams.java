package io.quotabank.gateway.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Connections to the proxy-services, kept apart by event loop: an exchange runs on one thread from end to end, without
 * locks and without waking another.
 */
@Component
@SuppressWarnings("FutureReturnValueIgnored") // How a connect ends is told to its listener.
class Upstreams {

    private static final int MAX_HEADER_BYTES = 32 * 1024;

    private final FastThreadLocal<Map<Instance, ArrayDeque<Upstream>>> ofThisLoop = new FastThreadLocal<>() {
        @Override
        protected Map<Instance, ArrayDeque<Upstream>> initialValue() {
            return new HashMap<>();
        }
    };

    private final int connectTimeoutMs;
    private final long keepIdleNs;

    Upstreams(RelayProperties properties) {
        this.connectTimeoutMs = Math.toIntExact(properties.connectTimeout().toMillis());
        this.keepIdleNs = properties.keepIdle().toNanos();
    }

    /** A connection that is open already, or null. */
    @Nullable
    Upstream idle(Instance instance) {
        var idle = of(instance);
        long notIdleSinceNs = System.nanoTime() - keepIdleNs;
        for (var next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
            if (next.usable(notIdleSinceNs)) {
                return next;
            }
            next.abort();
        }
        return null;
    }

    /** Opens one on the client's event loop; answers there with a connection or a reason. */
    void open(
            Instance instance, ChannelHandlerContext client, BiConsumer<@Nullable Upstream, @Nullable Throwable> then) {
        var idle = of(instance);
        new Bootstrap()
                .group(client.channel().eventLoop())
                .channel(client.channel().getClass())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectTimeoutMs)
                .handler(new Initializer(instance, idle))
                .connect(instance.address())
                .addListener(connected -> {
                    if (connected.isSuccess()) {
                        var channel = ((ChannelFuture) connected).channel();
                        then.accept(channel.pipeline().get(Upstream.class), null);
                    } else {
                        then.accept(null, connected.cause());
                    }
                });
    }

    private ArrayDeque<Upstream> of(Instance instance) {
        return ofThisLoop.get().computeIfAbsent(instance, fresh -> new ArrayDeque<>());
    }

    private static final class Initializer extends ChannelInitializer<Channel> {

        private final Instance instance;
        private final ArrayDeque<Upstream> idle;

        Initializer(Instance instance, ArrayDeque<Upstream> idle) {
            this.instance = instance;
            this.idle = idle;
        }

        @Override
        protected void initChannel(Channel channel) {
            var decoder = new HttpDecoderConfig().setMaxHeaderSize(MAX_HEADER_BYTES);
            channel.pipeline()
                    .addLast(new HttpClientCodec(decoder, false, false), new Upstream(channel, instance, idle));
        }
    }
}
