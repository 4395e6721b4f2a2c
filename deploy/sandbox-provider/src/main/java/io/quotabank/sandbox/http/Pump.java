package io.quotabank.sandbox.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Moves pieces to the socket as they become due, pausing while the client reads too slowly. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails to be written or closed shows as a connection that ends
final class Pump implements Runnable, ChannelFutureListener {

    static final int CRLF = ('\r' << 8) | '\n';

    private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ChannelHandlerContext context;
    private final Pieces pieces;
    private final boolean chunked;
    private final Exchange.Outcome outcome;
    private @Nullable Future<?> timer;
    private boolean finishing;
    private boolean ended;

    Pump(ChannelHandlerContext context, Pieces pieces, boolean chunked, Exchange.Outcome outcome) {
        this.context = context;
        this.pieces = pieces;
        this.chunked = chunked;
        this.outcome = outcome;
    }

    @Override
    public void run() {
        try {
            move();
        } catch (RuntimeException | Error e) {
            // The stream cannot go on: its connection is closed, as after any failure there.
            context.pipeline().fireExceptionCaught(e);
        }
    }

    private void move() {
        cancelTimer();
        while (!finishing && !ended && context.channel().isWritable()) {
            var wait = pieces.dueInNanos();
            if (wait > 0) {
                timer = context.executor().schedule(this, wait, TimeUnit.NANOSECONDS);
                break;
            }
            var piece = pieces.next();
            if (piece == null) {
                finish();
            } else {
                context.write(frame(piece.getBytes(StandardCharsets.UTF_8))).addListener(this);
            }
        }
        context.flush();
    }

    private ByteBuf frame(byte[] piece) {
        return chunked ? Exchange.chunk(context, piece) : Unpooled.wrappedBuffer(piece);
    }

    private void finish() {
        finishing = true;
        var properly = pieces.endsProperly();
        // Even a cut waits for its turn behind the pieces, which are to arrive.
        var last = properly && chunked ? Unpooled.wrappedBuffer(LAST_CHUNK) : Unpooled.EMPTY_BUFFER;
        context.write(last).addListener(written -> end(properly && written.isSuccess()));
    }

    @Override
    public void operationComplete(ChannelFuture written) {
        if (written.isSuccess()) {
            pieces.sent();
        }
    }

    /** The client has gone. */
    void stop() {
        cancelTimer();
        end(false);
    }

    private void end(boolean whole) {
        if (!ended) {
            ended = true;
            pieces.ended(whole);
            outcome.sent(whole);
        }
    }

    private void cancelTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
