package io.quotabank.gateway.door;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.quotabank.gateway.door.Patience.Waiting;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.gateway.refusal.Refusal.Form;
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

    /** Who takes the request whose parts are arriving. */
    private enum Taker {
        NOBODY,
        EXCHANGE,
        SPRING
    }

    private static final int MOST_SENT_AHEAD = 64;
    private static final Refusal ADDRESS =
            Refusal.malformed("The address has parts that could be read in more than one way.");
    private static final Refusal SLOW =
            new Refusal(408, "request_timeout", "request_timeout", "The request's body took too long.", 0);

    private final Doors doors;
    private final Patience patience;
    private final ArrayDeque<Object> sentAhead = new ArrayDeque<>(4);

    // Both set when the pipeline takes this handler in, before anything can happen on the connection.
    @SuppressWarnings("NullAway.Init")
    private ChannelHandlerContext context;

    @SuppressWarnings("NullAway.Init")
    private ScheduledFuture<?> clock;

    private @Nullable String address;

    // The request at hand: its parts may still be arriving, its answer may still be owed.
    private Taker taker = Taker.NOBODY;
    private boolean receiving;
    private boolean owed;
    private boolean begun;
    private boolean keepAlive;
    private boolean chunkable;
    private boolean bodyComes;
    private Form form = Form.PROBLEM;
    private String requestId = "";
    private long received;
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
        if (sentAhead.isEmpty() && !(owed && message instanceof HttpRequest)) {
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
        receiving = true;
        owed = true;
        begun = false;
        received = 0;
        patience.waitFor(Waiting.BODY);
        chunkable = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        keepAlive = chunkable && HttpUtil.isKeepAlive(request);
        bodyComes = request.decoderResult().isSuccess()
                && (HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0L) > 0);
        requestId = doors.requestId(request.headers().get(RequestId.HEADER));
        var target = RequestTarget.of(request.uri());
        form = RequestTarget.speaksOpenAi(request.uri()) ? Form.OPEN_AI : Form.PROBLEM;
        var objection = objection(request, target);
        if (objection != null) {
            taker = Taker.NOBODY;
            keepAlive = keepAlive && request.decoderResult().isSuccess();
            refuse(objection);
        } else if (target.kind() == RequestTarget.Kind.RELAYED) {
            taker = Taker.EXCHANGE;
            exchange = doors.exchange(this, request, target.uri(), requestId);
            exchange.start();
        } else {
            taker = Taker.SPRING;
            request.setUri(target.uri());
            request.headers().set(RequestId.HEADER, requestId);
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
            case RELAYED -> null;
            case ROUTED -> HttpUtil.getContentLength(request, 0L) > routedLimit() ? Refusal.tooLarge(routedLimit()) : null;
        };
    }

    private void part(HttpContent part) {
        boolean last = part instanceof LastHttpContent;
        if (last) {
            receiving = false;
            patience.waitFor(patience.waiting() == Waiting.LINGERING ? Waiting.LINGERING : Waiting.NONE);
        }
        switch (taker) {
            case NOBODY -> part.release();
            case EXCHANGE -> pass(part);
            case SPRING -> passToSpring(part);
        }
        if (last) {
            taker = Taker.NOBODY;
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
        received += part.content().readableBytes();
        if (received <= routedLimit()) {
            context.fireChannelRead(part);
            return;
        }
        part.release();
        taker = Taker.NOBODY;
        // Spring still waits for the rest: it notices when the connection ends.
        keepAlive = false;
        refuse(Refusal.tooLarge(routedLimit()));
    }

    /** The request is here in full. */
    private void received() {
        if (patience.waiting() == Waiting.LINGERING) {
            closeAfterFlush();
        } else if (!owed) {
            next();
        }
    }

    private void next() {
        patience.waitFor(Waiting.REQUEST);
        if (takingNext) {
            return;
        }
        takingNext = true;
        while (!sentAhead.isEmpty() && !(owed && sentAhead.peek() instanceof HttpRequest)) {
            take(sentAhead.poll());
        }
        takingNext = false;
        if (sentAhead.isEmpty() && !owed) {
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
        boolean informational = message instanceof HttpResponse answer && informational(answer);
        begun |= message instanceof HttpResponse && !informational;
        context.write(message, promise);
        if (message instanceof LastHttpContent && !informational && owed) {
            owed = false;
            if (!receiving) {
                // Not from within Spring's own write: it has not finished with this request.
                context.executor().execute(this::nextUnlessOwed);
            }
        }
    }

    private void nextUnlessOwed() {
        if (!owed && !receiving) {
            next();
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
        if (part instanceof HttpResponse answer && !informational(answer)) {
            begun = true;
            if (!keepAlive) {
                answer.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
            if (!chunkable) {
                answer.headers().remove(HttpHeaderNames.TRANSFER_ENCODING);
            }
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
        if (on && !context.channel().config().isAutoRead()) {
            patience.restart();
        }
        context.channel().config().setAutoRead(on);
    }

    @Override
    public void refuse(Refusal refusal) {
        if (begun) {
            cut();
            return;
        }
        keepAlive = keepAlive && !(receiving && bodyComes);
        write(Answers.of(refusal, form, requestId));
        answered();
    }

    @Override
    public void answered() {
        owed = false;
        begun = false;
        exchange = null;
        context.flush();
        reading(true);
        if (keepAlive) {
            if (!receiving) {
                next();
            }
        } else if (receiving) {
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
        if (patience.waiting() != Waiting.BODY || begun) {
            context.close();
            return;
        }
        if (exchange != null) {
            exchange.clientGone();
        }
        taker = Taker.NOBODY;
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
        if (taker == Taker.SPRING) {
            context.fireExceptionCaught(cause);
        } else {
            context.close();
        }
    }

    private long routedLimit() {
        return doors.properties().bodyLimit().toBytes();
    }

    private static boolean informational(HttpResponse answer) {
        return answer.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }
}
