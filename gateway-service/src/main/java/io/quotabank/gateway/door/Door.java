package io.quotabank.gateway.door;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.quotabank.gateway.door.Patience.Waiting;
import io.quotabank.gateway.door.Turn.Taker;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.gateway.relay.Client;
import io.quotabank.gateway.relay.Exchange;
import io.quotabank.platform.web.RequestId;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection, between the HTTP codec and everything else. Decides for each request whether it is relayed, goes on
 * to Spring, or is refused; one at a time: what a client sends ahead waits here.
 */
final class Door extends ChannelDuplexHandler implements Client {

    private static final int MOST_SENT_AHEAD = 64;
    private static final Refusal ADDRESS =
            Refusal.malformed("The address has parts that could be read in more than one way.");
    private static final Refusal SLOW =
            new Refusal(408, "request_timeout", "request_timeout", "The request's body took too long.", 0);

    private final Doors doors;
    private final Patience patience;
    private final Turn turn = new Turn();
    private final ArrayDeque<Object> sentAhead = new ArrayDeque<>(4);

    // Both set when the pipeline takes this handler in, before anything can happen on the connection.
    @SuppressWarnings("NullAway.Init")
    private ChannelHandlerContext context;

    @SuppressWarnings("NullAway.Init")
    private ScheduledFuture<?> clock;

    private @Nullable String address;
    private @Nullable Exchange exchange;
    private boolean readSomething;
    private boolean takingNext;

    Door(Doors doors) {
        this.doors = doors;
        this.patience = new Patience(doors.properties());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        long tickNs = doors.properties().tick().toNanos();
        clock = added.executor().scheduleAtFixedRate(this::tick, tickNs, tickNs, TimeUnit.NANOSECONDS);
        // Reactor Netty reads on demand. Here bodies are bounded, and reading on tells at once when a client leaves.
        added.channel().config().setAutoRead(true);
        if (!doors.enter()) {
            added.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext same, Object message) {
        readSomething = true;
        if (sentAhead.isEmpty() && !(turn.owed && message instanceof HttpRequest)) {
            take(message);
            return;
        }
        sentAhead.add(message);
        if (sentAhead.size() >= MOST_SENT_AHEAD) {
            reading(false);
        }
    }

    private void take(Object message) {
        if (message instanceof HttpRequest request) {
            begin(request);
        }
        if (message instanceof HttpContent part) {
            part(part);
        }
    }

    private void begin(HttpRequest request) {
        turn.begin(request, doors.requestId(request.headers().get(RequestId.HEADER)));
        patience.waitFor(Waiting.BODY);
        var target = RequestTarget.of(request.uri());
        var objection = objection(request, target);
        if (objection != null) {
            refuse(objection);
        } else if (target.kind() == RequestTarget.Kind.RELAYED) {
            turn.taker = Taker.EXCHANGE;
            exchange = doors.exchange(this, request, target.uri(), turn.requestId);
            exchange.start();
        } else {
            turn.taker = Taker.SPRING;
            request.setUri(target.uri());
            request.headers().set(RequestId.HEADER, turn.requestId);
            context.fireChannelRead(request);
        }
    }

    private @Nullable Refusal objection(HttpRequest request, RequestTarget target) {
        var objection = doors.screen().objection(request);
        if (objection != null) {
            return objection;
        }
        return switch (target.kind()) {
            case MALFORMED -> ADDRESS;
            case UNKNOWN -> Refusal.notFound();
            case ROUTED -> HttpUtil.getContentLength(request, 0L) > routedLimit() ? tooLarge() : null;
            case RELAYED -> null;
        };
    }

    private void part(HttpContent part) {
        boolean last = part instanceof LastHttpContent;
        turn.receiving = !last;
        switch (turn.taker) {
            case NOBODY -> part.release();
            case EXCHANGE -> pass(part);
            case SPRING -> passToSpring(part);
        }
        if (last) {
            turn.taker = Taker.NOBODY;
            received();
        }
    }

    private void pass(HttpContent part) {
        if (exchange == null) {
            part.release();
        } else {
            exchange.part(part);
        }
    }

    private void passToSpring(HttpContent part) {
        if (turn.count(part.content().readableBytes()) <= routedLimit()) {
            context.fireChannelRead(part);
            return;
        }
        part.release();
        turn.taker = Taker.NOBODY;
        // Spring still waits for the rest: it notices when the connection ends.
        turn.keepAlive = false;
        refuse(tooLarge());
    }

    /** The request is here in full. */
    private void received() {
        if (patience.waiting() == Waiting.LINGERING) {
            closeAfterFlush();
        } else if (turn.owed) {
            patience.waitFor(Waiting.NONE);
        } else {
            next();
        }
    }

    private void next() {
        patience.waitFor(Waiting.REQUEST);
        if (takingNext) {
            return;
        }
        takingNext = true;
        while (!sentAhead.isEmpty() && !(turn.owed && sentAhead.peek() instanceof HttpRequest)) {
            take(sentAhead.poll());
        }
        takingNext = false;
        if (sentAhead.isEmpty() && !turn.owed) {
            reading(true);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext same) {
        if (!readSomething && patience.waiting() == Waiting.REQUEST) {
            // Bytes came, but not yet a whole head.
            patience.waitFor(Waiting.HEADERS);
        }
        readSomething = false;
        if (exchange != null) {
            exchange.pause();
        }
        context.fireChannelReadComplete();
    }

    /** What Spring answers. */
    @Override
    public void write(ChannelHandlerContext same, Object message, ChannelPromise promise) {
        turn.begun |= Turn.decides(message);
        boolean last = message instanceof LastHttpContent && turn.begun && turn.owed;
        context.write(message, promise);
        if (last) {
            turn.answered();
            // Not from within Spring's own write: it has not finished with this request.
            context.executor().execute(() -> {
                if (!turn.owed && !turn.receiving) {
                    next();
                }
            });
        }
    }

    @Override
    public ChannelHandlerContext context() {
        return context;
    }

    @Override
    public String address() {
        var known = address;
        if (known == null) {
            known = context.channel().remoteAddress() instanceof InetSocketAddress remote
                    ? remote.getAddress().getHostAddress()
                    : "";
            address = known;
        }
        return known;
    }

    @Override
    public void write(HttpObject part) {
        if (part instanceof HttpResponse answer && Turn.decides(part)) {
            turn.begun = true;
            turn.fit(answer);
        }
        context.write(part, context.voidPromise());
    }

    @Override
    public void flush() {
        context.flush();
    }

    @Override
    public boolean writable() {
        return context.channel().isWritable();
    }

    @Override
    public void reading(boolean on) {
        var config = context.channel().config();
        if (on && !config.isAutoRead()) {
            patience.restart();
        }
        config.setAutoRead(on);
    }

    @Override
    public void refuse(Refusal refusal) {
        if (turn.begun) {
            cut();
            return;
        }
        turn.keepAlive &= !turn.moreBodyComes();
        write(Answers.of(refusal, turn.form, turn.requestId));
        answered();
    }

    @Override
    public void answered() {
        turn.answered();
        exchange = null;
        context.flush();
        reading(true);
        if (turn.keepAlive) {
            if (!turn.receiving) {
                next();
            }
        } else if (turn.receiving) {
            // Closing now would reset the connection, and the client might never read why.
            patience.waitFor(Waiting.LINGERING);
        } else {
            closeAfterFlush();
        }
    }

    @Override
    public void cut() {
        exchange = null;
        closeAfterFlush();
    }

    private void closeAfterFlush() {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void tick() {
        long now = System.nanoTime();
        if (exchange != null) {
            exchange.endIfLate(now);
        }
        boolean theirTurn = context.channel().config().isAutoRead();
        if (theirTurn && patience.over(now)) {
            outOfPatience();
        }
    }

    private void outOfPatience() {
        if (patience.waiting() != Waiting.BODY || turn.begun) {
            context.close();
            return;
        }
        if (exchange != null) {
            exchange.clientGone();
        }
        turn.taker = Taker.NOBODY;
        refuse(SLOW);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext same) {
        if (exchange != null) {
            exchange.clientWritable();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext same) {
        clock.cancel(false);
        doors.leave();
        if (exchange != null) {
            exchange.clientGone();
            exchange = null;
        }
        sentAhead.forEach(ReferenceCountUtil::release);
        sentAhead.clear();
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext same, Throwable cause) {
        if (turn.taker == Taker.SPRING) {
            context.fireExceptionCaught(cause);
        } else {
            context.close();
        }
    }

    private Refusal tooLarge() {
        return Refusal.tooLarge(routedLimit());
    }

    private long routedLimit() {
        return doors.properties().bodyLimit().toBytes();
    }
}
