package io.quotabank.sandbox.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** One listening address. Handlers run on its few threads and must not block. */
@SuppressWarnings("FutureReturnValueIgnored") // nothing is left to do when a close fails
public final class HttpServer implements AutoCloseable {

    /** What a server does with requests. */
    public interface Handler {
        /** Answers a request that was read whole; may answer later, from any thread by way of the exchange. */
        void handle(Exchange exchange);

        /** Answers a request that cannot be handled, with a status of 400 or more and a sentence that says why. */
        void refuse(Exchange exchange, int status, String sentence);
    }

    /** Connections beyond this many are closed at once. */
    static final int MAX_CONNECTIONS = 10_000;

    /** A request line, or all header fields together, may be this long. */
    static final int MAX_HEAD_BYTES = 16_384;

    /** What a slow client leaves unsent: above the higher number its stream pauses, below the lower it goes on. */
    private static final WriteBufferWaterMark UNSENT_BYTES = new WriteBufferWaterMark(8192, 16_384);

    private final EventLoopGroup threads;
    private final Channel listening;

    private HttpServer(EventLoopGroup threads, Channel listening) {
        this.threads = threads;
        this.listening = listening;
    }

    /**
     * Listens.
     *
     * @param address port 0 for any free one
     * @param maxBodyBytes longer request bodies are refused with 413
     * @throws IOException when the address cannot be had
     */
    public static HttpServer start(
            String name, InetSocketAddress address, int threadCount, int maxBodyBytes, Handler handler)
            throws IOException {
        var threads = new MultiThreadIoEventLoopGroup(threadCount, new DefaultThreadFactory(name), transport());
        var connections = new AtomicInteger();
        var bootstrap = new ServerBootstrap()
                .group(threads)
                .channel(serverChannel())
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT_BYTES)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        admit(channel, connections, maxBodyBytes, handler);
                    }
                });
        var bound = bootstrap.bind(address).awaitUninterruptibly();
        if (bound.isSuccess()) {
            return new HttpServer(threads, bound.channel());
        }
        threads.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        throw new IOException(bound.cause().getMessage(), bound.cause());
    }

    private static void admit(Channel channel, AtomicInteger connections, int maxBodyBytes, Handler handler) {
        channel.closeFuture().addListener(closed -> connections.decrementAndGet());
        if (connections.incrementAndGet() > MAX_CONNECTIONS) {
            channel.close();
            return;
        }
        var limits = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_HEAD_BYTES)
                .setMaxHeaderSize(MAX_HEAD_BYTES)
                .setMaxChunkSize(65_536);
        channel.pipeline().addLast(new HttpRequestDecoder(limits), new Connection(handler, maxBodyBytes));
    }

    private static IoHandlerFactory transport() {
        return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    private static Class<? extends ServerChannel> serverChannel() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** The port listened on. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Stops listening and closes every connection. */
    @Override
    public void close() {
        listening.close().syncUninterruptibly();
        threads.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
