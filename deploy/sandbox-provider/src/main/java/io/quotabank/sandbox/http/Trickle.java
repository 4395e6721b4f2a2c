package io.quotabank.sandbox.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lets one answer through so many bytes a second. What waits here counts as unsent, so that streams pause. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails to be written shows as a connection that ends
final class Trickle extends ChannelOutboundHandlerAdapter {

    private static final int HEAD_END = 0x0D0A0D0A;

    /** More bytes a second than this go several at a time. */
    private static final int TICKS_PER_SECOND = 20;

    private static final int WRITABILITY_INDEX = 1;

    private record Waiting(ByteBuf bytes, ChannelPromise written) {}

    private final int bytesPerTick;
    private final long tickNanos;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private boolean headPassed;
    private @Nullable Future<?> timer;

    /** @param headToo otherwise the head is sent at once */
    Trickle(int bytesPerSecond, boolean headToo) {
        this.bytesPerTick = Math.ceilDiv(bytesPerSecond, TICKS_PER_SECOND);
        this.tickNanos = TimeUnit.SECONDS.toNanos(1) * bytesPerTick / bytesPerSecond;
        this.headPassed = headToo;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        var bytes = (ByteBuf) message;
        if (!headPassed) {
            headPassed = true;
            context.write(bytes.readRetainedSlice(headLength(bytes)));
        }
        queue.add(new Waiting(bytes, promise));
        writable(context, false);
        if (timer == null) {
            // The first byte waits as well: a body of one byte takes its second.
            timer = context.executor().schedule(() -> tick(context), tickNanos, TimeUnit.NANOSECONDS);
        }
    }

    private static int headLength(ByteBuf bytes) {
        for (var i = bytes.readerIndex(); i + Integer.BYTES <= bytes.writerIndex(); i++) {
            if (bytes.getInt(i) == HEAD_END) {
                return i + Integer.BYTES - bytes.readerIndex();
            }
        }
        return bytes.readableBytes();
    }

    private void tick(ChannelHandlerContext context) {
        timer = null;
        var left = bytesPerTick;
        while (left > 0 && !queue.isEmpty()) {
            var first = queue.getFirst();
            var taken = Math.min(left, first.bytes().readableBytes());
            left -= taken;
            if (taken == first.bytes().readableBytes()) {
                queue.removeFirst();
                context.write(first.bytes(), first.written());
            } else {
                context.write(first.bytes().readRetainedSlice(taken));
            }
        }
        context.flush();
        if (queue.isEmpty()) {
            writable(context, true);
        } else if (timer == null) {
            timer = context.executor().schedule(() -> tick(context), tickNanos, TimeUnit.NANOSECONDS);
        }
    }

    private static void writable(ChannelHandlerContext context, boolean writable) {
        var unsent = context.channel().unsafe().outboundBuffer();
        if (unsent != null) {
            unsent.setUserDefinedWritability(WRITABILITY_INDEX, writable);
        }
    }

    /** The answer is out, or the client has gone and nothing more will be. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (timer != null) {
            timer.cancel(false);
        }
        for (var each : queue) {
            each.bytes().release();
            each.written().tryFailure(new ClosedChannelException());
        }
        queue.clear();
        writable(context, true);
    }
}
