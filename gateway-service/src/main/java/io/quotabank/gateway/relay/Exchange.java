package io.quotabank.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.quotabank.gateway.identity.Verdict;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.gateway.relay.RelayMetrics.Outcome;
import io.quotabank.platform.web.RequestId;
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
        HOLDING,
        SEARCHING,
        SENT,
        ANSWERING,
        ENDED
    }

    private final Relay relay;
    private final Client client;
    private final HttpRequest request;
    private final String uri;
    private final String requestId;
    private final long startedNs = System.nanoTime();
    private final RequestBody body;
    private final EventStream events = new EventStream();
    private final Search search;

    private State state = State.HOLDING;
    private boolean entered;
    private Verdict.@Nullable Known caller;
    // Asks for what anybody may read.
    private boolean anonymous;
    private @Nullable Upstream upstream;
    private TraceContext.@Nullable Place place;
    private boolean unflushed;
    private Outcome outcome = Outcome.TURNED_AWAY;

    Exchange(Relay relay, Client client, HttpRequest request, String uri, String requestId) {
        this.relay = relay;
        this.client = client;
        this.request = request;
        this.uri = uri;
        this.requestId = requestId;
        this.body = new RequestBody(request, relay.properties());
        this.search = new Search(relay, client, this::found, () -> refuse(Reasons.NOBODY_THERE));
    }

    public void start() {
        entered = relay.enter();
        if (!entered) {
            refuse(Reasons.BUSY);
        } else if (body.tooLarge()) {
            refuse(Reasons.tooLarge(relay.properties()));
        } else {
            identify();
        }
    }

    private void identify() {
        var credentials = Credentials.of(request);
        if (credentials == null && relay.passersby().welcome(request, uri)) {
            passBy();
            return;
        }
        var verdict = relay.identity().identify(credentials);
        if (verdict.isDone()) {
            identified(verdict.getNow(new Verdict.Refused(Reasons.UNDECIDED)));
            return;
        }
        var loop = client.context().executor();
        var _ = verdict.whenComplete((known, failure) ->
                loop.execute(() -> identified(known != null ? known : new Verdict.Refused(Reasons.UNDECIDED))));
    }

    private void passBy() {
        if (relay.passersby().mayAsk(client.address())) {
            anonymous = true;
            goOn();
        } else {
            refuse(Reasons.TOO_OFTEN);
        }
    }

    private void identified(Verdict verdict) {
        if (state == State.ENDED) {
            return;
        }
        switch (verdict) {
            case Verdict.Refused(Refusal refusal) -> refuse(refusal);
            case Verdict.Known known when known.application() -> refuse(Reasons.NOT_FOR_APPLICATIONS);
            case Verdict.Known known -> {
                caller = known;
                Expectation.meet(request, client);
                goOn();
            }
        }
    }

    /** Takes the next part of the request, and with it the duty to release it. */
    public void part(HttpContent part) {
        body.count(part);
        if (state == State.ENDED) {
            part.release();
        } else if (body.tooLarge()) {
            part.release();
            refuseOrCut(Reasons.tooLarge(relay.properties()));
        } else if (part.decoderResult().isFailure()) {
            part.release();
            refuseOrCut(Reasons.FRAMING);
        } else if (upstream == null) {
            hold(part.content());
        } else {
            pass(part.content(), upstream);
        }
    }

    private void hold(ByteBuf bytes) {
        body.hold(bytes, client.context().alloc());
        if (!body.whole() && body.outgrown()) {
            client.reading(false);
        }
        goOn();
    }

    private void pass(ByteBuf bytes, Upstream connection) {
        connection.pass(bytes, body.whole());
        unflushed = !body.whole();
        client.reading(body.whole() || connection.writable());
    }

    /** The client's connection has nothing more to read for now. */
    public void pause() {
        if (unflushed && upstream != null) {
            unflushed = false;
            upstream.flush();
        }
    }

    private void goOn() {
        if (state == State.HOLDING && (caller != null || anonymous) && (body.whole() || body.outgrown())) {
            state = State.SEARCHING;
            search.begin(caller == null ? Spread.hash(client.address()) : caller.place());
        }
    }

    private void found(Upstream connection, Instance instance) {
        state = State.SENT;
        upstream = connection;
        var headers = request.headers();
        Headers.cleanRequest(headers);
        headers.set(HttpHeaderNames.HOST, instance.authority());
        headers.set(RequestId.HEADER, requestId);
        headers.set(Headers.FORWARDED_FOR, client.address());
        if (caller != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, caller.authorization());
        }
        place = relay.traces().settle(headers);
        connection.send(this, new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), uri, headers), body);
        if (!body.whole()) {
            client.reading(connection.writable());
        }
    }

    void upstreamWritable() {
        if (!body.whole() && upstream != null) {
            client.reading(upstream.writable());
        }
    }

    void answer(HttpResponse answer) {
        if (answer.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            return;
        }
        state = State.ANSWERING;
        outcome = Outcome.of(answer.status().code());
        Headers.cleanAnswer(answer, requestId);
        events.begin(answer.headers());
        client.write(answer);
    }

    void answerPart(HttpContent part, Upstream from) {
        if (state != State.ANSWERING) {
            // The end of an informational answer.
            part.release();
            return;
        }
        events.part(part.content());
        if (part instanceof LastHttpContent last) {
            if (!last.trailingHeaders().isEmpty()) {
                last.trailingHeaders().clear();
            }
            client.write(last);
            finish(from);
        } else {
            client.write(part);
            if (!client.context().channel().isWritable()) {
                from.reading(false);
            }
        }
    }

    void answerPause() {
        client.context().flush();
    }

    /** The client takes bytes again, or does no longer. */
    public void clientWritable() {
        if (upstream != null && state == State.ANSWERING) {
            upstream.reading(client.context().channel().isWritable());
        }
    }

    private void finish(Upstream connection) {
        end(outcome);
        if (body.whole()) {
            connection.release();
        } else {
            connection.abort();
        }
        client.answered();
    }

    void upstreamGone() {
        upstream = null;
        refuseOrCut(Reasons.LOST);
    }

    /** Ends it when it has taken longer than any request may. */
    public void endIfLate(long nowNs) {
        if (state != State.ENDED
                && nowNs - startedNs > relay.properties().timeLimit().toNanos()) {
            refuseOrCut(Reasons.LATE);
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
        if (events.betweenTwo()) {
            client.write(new DefaultHttpContent(events.error(refusal, requestId)));
        }
        client.cut();
    }

    private void refuse(Refusal refusal) {
        stop(state == State.SENT ? Outcome.FAILED : Outcome.TURNED_AWAY);
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
        body.discard();
        search.end();
        if (entered) {
            entered = false;
            relay.leave();
        }
        long durationNs = System.nanoTime() - startedNs;
        relay.ended(ending, durationNs);
        relay.spans().ended(request, requestId, place, ending, durationNs);
    }
}
