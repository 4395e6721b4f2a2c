package io.quotabank.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.quotabank.gateway.identity.Verdict;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.gateway.relay.RelayMetrics.Outcome;
import io.quotabank.platform.web.RequestId;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Lives on the event loop of its client's connection, as does its connection to the
 * proxy-service, so nothing here is shared between threads.
 *
 * <p>The request is held back until it is known who asks and until it is whole or has outgrown {@code gather}. Until a
 * connection is open nothing has been sent and another instance may be tried; from then on a failure is told, never
 * repeated.
 */
public final class Exchange {

    private enum State {
        GATHERING,
        CONNECTING,
        SENT,
        ANSWERING,
        ENDED
    }

    private static final Refusal BUSY = Refusal.unavailable("Too many requests are under way.", 1);
    private static final Refusal NOBODY_THERE = Refusal.unavailable("No proxy can be reached right now.", 1);
    private static final Refusal LOST = new Refusal(
            502, "service_unavailable", "bad_gateway", "The connection was lost before an answer came.", 1);
    private static final Refusal LATE =
            new Refusal(504, "timeout", "gateway_timeout", "The answer took too long.", 0);
    private static final Refusal UNDECIDED = Refusal.unavailable("The caller can't be verified right now.", 2);

    private final Relay relay;
    private final Client client;
    private final HttpRequest request;
    private final String uri;
    private final String requestId;
    private final long startedNs = System.nanoTime();
    private final long declaredLength;

    private State state = State.GATHERING;
    private boolean entered;
    private Verdict.@Nullable Known caller;
    private final Set<Instance> tried = new HashSet<>(4);
    private @Nullable Instance instance;
    private @Nullable Upstream upstream;

    private ByteBuf gathered = Unpooled.EMPTY_BUFFER;
    private long received;
    private boolean whole;
    private boolean unflushed;
    private final EventStream eventStream = new EventStream();
    private Outcome outcome = Outcome.TURNED_AWAY;

    Exchange(Relay relay, Client client, HttpRequest request, String uri, String requestId) {
        this.relay = relay;
        this.client = client;
        this.request = request;
        this.uri = uri;
        this.requestId = requestId;
        this.declaredLength = HttpUtil.getContentLength(request, -1L);
    }

    public void start() {
        entered = relay.enter();
        if (!entered) {
            refuse(BUSY);
        } else if (declaredLength > relay.properties().bodyLimit().toBytes()) {
            refuse(Refusal.tooLarge(relay.properties().bodyLimit().toBytes()));
        } else {
            identify();
        }
    }

    private void identify() {
        var verdict = relay.identity().identify(request.headers().get(HttpHeaderNames.AUTHORIZATION));
        if (verdict.isDone()) {
            identified(verdict.getNow(new Verdict.Refused(UNDECIDED)));
            return;
        }
        var loop = client.context().executor();
        verdict.whenComplete((known, failure) ->
                loop.execute(() -> identified(known != null ? known : new Verdict.Refused(UNDECIDED))));
    }

    private void identified(Verdict verdict) {
        if (state == State.ENDED) {
            return;
        }
        switch (verdict) {
            case Verdict.Refused(Refusal refusal) -> refuse(refusal);
            case Verdict.Known known -> {
                caller = known;
                if (HttpUtil.is100ContinueExpected(request)) {
                    client.write(new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
                    client.flush();
                }
                advance();
            }
        }
    }

    /** Takes the next part of the request, and with it the duty to release it. */
    public void part(HttpContent part) {
        received += part.content().readableBytes();
        if (state == State.ENDED) {
            part.release();
        } else if (received > relay.properties().bodyLimit().toBytes()) {
            part.release();
            refuseOrCut(Refusal.tooLarge(relay.properties().bodyLimit().toBytes()));
        } else if (part.decoderResult().isFailure()) {
            part.release();
            refuseOrCut(Refusal.malformed("The request's body is not framed as HTTP demands."));
        } else {
            whole = part instanceof LastHttpContent;
            if (state == State.GATHERING || state == State.CONNECTING) {
                gather(part.content());
            } else {
                pass(part.content());
            }
        }
    }

    private void gather(ByteBuf bytes) {
        if (bytes.isReadable()) {
            gathered = gathered.isReadable() ? joined(bytes) : bytes;
        } else {
            bytes.release();
        }
        if (!whole && outgrown()) {
            client.reading(false);
        }
        advance();
    }

    private ByteBuf joined(ByteBuf bytes) {
        var allocator = client.context().alloc();
        int size = gathered.readableBytes() + bytes.readableBytes();
        // Grows to what is coming at once where that is known and small.
        int room = (int) Math.min(Math.max(declaredLength, size), 2L * relay.properties().gather().toBytes());
        var target = gathered;
        if (gathered.refCnt() > 1 || gathered.isReadOnly() || gathered.maxFastWritableBytes() < bytes.readableBytes()) {
            target = allocator.buffer(Math.max(room, size)).writeBytes(gathered);
            gathered.release();
        }
        target.writeBytes(bytes);
        bytes.release();
        return target;
    }

    private boolean outgrown() {
        return gathered.readableBytes() >= relay.properties().gather().toBytes();
    }

    private void advance() {
        if (state == State.GATHERING && caller != null && (whole || outgrown())) {
            connect();
        }
    }

    private void connect() {
        state = State.CONNECTING;
        var next = relay.instances().pick(tried);
        if (next == null) {
            refuse(NOBODY_THERE);
            return;
        }
        tried.add(next);
        next.begin();
        instance = next;
        var idle = relay.upstreams().idle(next);
        if (idle != null) {
            send(idle, next);
        } else {
            relay.upstreams().open(next, client.context(), (opened, failure) -> opened(next, opened, failure));
        }
    }

    private void opened(Instance target, @Nullable Upstream opened, @Nullable Throwable failure) {
        if (opened == null) {
            relay.instances().unreachable(target, failure == null ? new IllegalStateException("closed") : failure);
        } else {
            relay.instances().reached(target);
        }
        if (state == State.ENDED) {
            if (opened != null) {
                opened.abort();
            }
        } else if (opened != null) {
            send(opened, target);
        } else {
            target.end();
            instance = null;
            connect();
        }
    }

    private void send(Upstream connection, Instance target) {
        state = State.SENT;
        upstream = connection;
        connection.carry(this);
        var headers = outgoing(target);
        var channel = connection.channel();
        var body = gathered;
        gathered = Unpooled.EMPTY_BUFFER;
        if (whole) {
            if (body.isReadable() || declaredLength >= 0) {
                headers.set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
            }
            channel.writeAndFlush(
                    new DefaultFullHttpRequest(
                            HttpVersion.HTTP_1_1, request.method(), uri, body, headers, EmptyHttpHeaders.INSTANCE),
                    channel.voidPromise());
        } else {
            if (declaredLength >= 0) {
                headers.set(HttpHeaderNames.CONTENT_LENGTH, declaredLength);
            } else {
                headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            channel.write(
                    new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), uri, headers),
                    channel.voidPromise());
            channel.writeAndFlush(new DefaultHttpContent(body), channel.voidPromise());
            client.reading(channel.isWritable());
        }
    }

    private HttpHeaders outgoing(Instance target) {
        var headers = request.headers();
        Headers.cleanRequest(headers);
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        headers.set(HttpHeaderNames.HOST, target.authority());
        headers.set(HttpHeaderNames.AUTHORIZATION, java.util.Objects.requireNonNull(caller).authorization());
        headers.set(RequestId.HEADER, requestId);
        headers.set(Headers.FORWARDED_FOR, client.address());
        return headers;
    }

    private void pass(ByteBuf bytes) {
        var connection = upstream;
        if (connection == null) {
            bytes.release();
            return;
        }
        var channel = connection.channel();
        if (whole) {
            channel.write(new DefaultHttpContent(bytes), channel.voidPromise());
            channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
            client.reading(true);
        } else {
            channel.write(new DefaultHttpContent(bytes), channel.voidPromise());
            unflushed = true;
            client.reading(channel.isWritable());
        }
    }

    /** The client's connection has nothing more to read for now. */
    public void pause() {
        var connection = upstream;
        if (unflushed && connection != null) {
            unflushed = false;
            connection.channel().flush();
        }
    }

    void upstreamWritable() {
        if (!whole && upstream != null) {
            client.reading(upstream.channel().isWritable());
        }
    }

    void answer(HttpResponse answer) {
        if (answer.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            return;
        }
        state = State.ANSWERING;
        outcome = Outcome.of(answer.status().code());
        var headers = answer.headers();
        boolean chunked = HttpUtil.isTransferEncodingChunked(answer);
        Headers.cleanAnswer(headers);
        if (chunked) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (!headers.contains(RequestId.HEADER)) {
            headers.set(RequestId.HEADER, requestId);
        }
        eventStream.begin(headers);
        client.write(answer);
    }

    void answerPart(HttpContent part) {
        if (state != State.ANSWERING) {
            // The end of an informational answer.
            part.release();
            return;
        }
        eventStream.part(part.content());
        if (part instanceof LastHttpContent last) {
            client.write(last.trailingHeaders().isEmpty() ? last : withoutTrailers(last));
            finish();
        } else {
            client.write(part);
            if (!client.writable() && upstream != null) {
                upstream.channel().config().setAutoRead(false);
            }
        }
    }

    void answerPause() {
        client.flush();
    }

    /** The client takes bytes again, or does no longer. */
    public void clientWritable() {
        if (upstream != null && state == State.ANSWERING) {
            upstream.channel().config().setAutoRead(client.writable());
        }
    }

    private void finish() {
        var connection = java.util.Objects.requireNonNull(upstream);
        boolean clean = whole;
        end(outcome);
        if (clean) {
            connection.release();
        } else {
            connection.abort();
        }
        client.flush();
        client.answered();
    }

    void upstreamGone() {
        upstream = null;
        refuseOrCut(LOST);
    }

    /** True, and over, when it has taken longer than any request may. */
    public void endIfLate(long nowNs) {
        if (state != State.ENDED && nowNs - startedNs > relay.properties().timeLimit().toNanos()) {
            refuseOrCut(LATE);
        }
    }

    /** Whoever asked is gone: what is under way for them stops at once. */
    public void clientGone() {
        if (state != State.ENDED) {
            stop(Outcome.LEFT);
        }
    }

    private void refuseOrCut(Refusal refusal) {
        if (state != State.ANSWERING) {
            refuse(refusal);
            return;
        }
        stop(Outcome.CUT);
        if (eventStream.betweenEvents()) {
            client.write(new DefaultHttpContent(eventStream.error(refusal, requestId)));
            client.flush();
        }
        client.cut();
    }

    private void refuse(Refusal refusal) {
        boolean sent = state == State.SENT;
        stop(sent ? Outcome.FAILED : Outcome.TURNED_AWAY);
        client.refuse(refusal);
    }

    private void stop(Outcome ending) {
        var connection = upstream;
        end(ending);
        if (connection != null) {
            connection.abort();
        }
    }

    private void end(Outcome ending) {
        state = State.ENDED;
        upstream = null;
        if (instance != null) {
            instance.end();
            instance = null;
        }
        gathered.release();
        gathered = Unpooled.EMPTY_BUFFER;
        if (entered) {
            entered = false;
            relay.leave();
        }
        relay.ended(ending, System.nanoTime() - startedNs);
    }

    private static LastHttpContent withoutTrailers(LastHttpContent last) {
        return new io.netty.handler.codec.http.DefaultLastHttpContent(
                last.content(), io.netty.handler.codec.http.DefaultHttpHeadersFactory.trailersFactory());
    }
}
