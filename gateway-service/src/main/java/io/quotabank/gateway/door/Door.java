package io.quotabank.gateway.door;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.quotabank.gateway.door.Patience.Waiting;
import io.quotabank.gateway.door.Turn.Taker;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.gateway.refusal.Refusal.Form;
import io.quotabank.gateway.relay.Client;
import io.quotabank.gateway.relay.Exchange;
import io.quotabank.platform.web.RequestId;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection, between the HTTP codec and everything else. Decides for each request whether it is relayed, goes on
 * to Spring, or is refused; one at a time: what a client sends ahead waits here.
 */
// Whether a write or close failed is told by channelInactive; handlerAdded comes before anything else.
@SuppressWarnings({"FutureReturnValueIgnored", "NullAway.Init"})
final class Door extends ChannelDuplexHandler implements Client {

    private static final int MOST_SENT_AHEAD = 64;

    private final Doors doors;
    private final Patience patience;
    private final Turn turn = new Turn();
    private final ArrayDeque<Object> sentAhead = new ArrayDeque<>(4);

    private ChannelHandlerContext context;
    private ScheduledFuture<?> clock;
    private String address = "";
    private @Nullable Exchange exchange;
    private boolean readSomething;

    Door(Doors doors) {
        this.doors = doors;
        this.patience = new Patience(doors.properties());
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        address = Doors.addressOf(added.channel());
        long tickNs = doors.properties().tick().toNanos();
        clock = added.executor().scheduleAtFixedRate(this::tick, tickNs, tickNs, TimeUnit.NANOSECONDS);
        // Reactor Netty reads on demand. Here bodies are bounded, and reading on tells when a client leaves.
        added.channel().config().setAutoRead(true);
        if (!doors.enter(added.channel())) {
            added.close();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext same, Object message) {
        readSomething = true;
        if (sentAhead.isEmpty() && !(turn.owed && message instanceof HttpRequest)) {
            take(message);
        } else if (sentAhead.add(message) && sentAhead.size() >= MOST_SENT_AHEAD) {
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
        var target = RequestTarget.of(request.uri());
        var form = target.speaksOpenAi(request.uri())
                ? Refusal.OPEN_AI
                : new Form.Document(request.headers().get(HttpHeaderNames.ACCEPT_LANGUAGE));
        turn.begin(request, doors.requestId(request.headers().get(RequestId.HEADER)), form);
        turn.keepAlive &= !doors.leaving();
        patience.waitFor(Waiting.BODY);
        var objection = doors.screen().objection(request, target);
        if (objection != null) {
            refuse(objection);
        } else if (target.kind() == RequestTarget.Kind.RELAYED) {
            turn.taker = Taker.EXCHANGE;
            exchange = doors.exchange(this, request, target.uri(), turn.requestId);
            exchange.start();
        } else {
            turn.taker = Taker.SPRING;
            turn.bodyLimit = doors.screen().limitOf(target);
            request.setUri(target.uri());
            request.headers().set(RequestId.HEADER, turn.requestId);
            context.fireChannelRead(request);
        }
    }

    private void part(HttpContent part) {
        boolean last = part instanceof LastHttpContent;
        turn.receiving = !last;
        switch (turn.taker) {
            case NOBODY -> part.release();
            case EXCHANGE -> Objects.requireNonNull(exchange).part(part);
            case SPRING -> passToSpring(part);
        }
        if (last) {
            turn.taker = Taker.NOBODY;
            received();
        }
    }

    private void passToSpring(HttpContent part) {
        if (turn.count(part.content().readableBytes()) <= turn.bodyLimit) {
            context.fireChannelRead(part);
            return;
        }
        part.release();
        turn.taker = Taker.NOBODY;
        // Spring still waits for the rest: it notices when the connection ends.
        turn.keepAlive = false;
        refuse(Refusal.tooLarge(turn.bodyLimit));
    }

    /** The request is here in full. */
    private void received() {
        if (turn.owed) {
            patience.waitFor(Waiting.NONE);
        } else if (turn.keepAlive) {
            next();
        } else {
            closeAfterFlush();
        }
    }

    private void next() {
        patience.waitFor(Waiting.REQUEST);
        while (!sentAhead.isEmpty() && !(turn.owed && sentAhead.peek() instanceof HttpRequest)) {
            take(sentAhead.poll());
        }
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
        if (Turn.decides(message)) {
            turn.begun = true;
            turn.sayIfLast((HttpResponse) message);
        }
        context.write(message, promise);
        if (message instanceof LastHttpContent && turn.begun && turn.owed) {
            turn.answered();
            // Not from within Spring's own write: it has not finished with this request.
            context.executor().execute(() -> {
                if (!turn.owed && !turn.receiving) {
                    received();
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
        return address;
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
    public void reading(boolean on) {
        if (on && !context.channel().config().isAutoRead()) {
            patience.restart();
        }
        context.channel().config().setAutoRead(on);
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
        exchangeEnded();
        context.flush();
        reading(true);
        if (turn.receiving && !turn.keepAlive) {
            // Closing now would reset the connection, and the client might never read why.
            patience.waitFor(Waiting.LINGERING);
        } else if (!turn.receiving) {
            received();
        }
    }

    @Override
    public void cut() {
        exchangeEnded();
        closeAfterFlush();
    }

    private void exchangeEnded() {
        exchange = null;
        if (turn.taker == Taker.EXCHANGE) {
            turn.taker = Taker.NOBODY;
        }
    }

    private void closeAfterFlush() {
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void tick() {
        long now = System.nanoTime();
        if (exchange != null) {
            exchange.endIfLate(now);
        }
        if (doors.closesIdle() && patience.idleFor(now, doors.properties().leavingIdle())) {
            context.close();
        } else if (patience.over(now) && context.channel().config().isAutoRead()) {
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
        refuse(Screen.SLOW);
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
}
