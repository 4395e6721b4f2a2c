package io.quotabank.proxy.relay;

import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.presence.Presence;
import io.quotabank.proxy.relay.Admission.Admitted;
import io.quotabank.proxy.room.Room;
import io.quotabank.proxy.routing.Wanted;
import io.quotabank.proxy.upstream.UpstreamRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An admitted request and its client, for as long as keys are tried and an answer is relayed. */
final class Exchange {

    private final RelayRequest request;
    private final Admitted admitted;
    private final HttpServletResponse client;
    private final Wanted wanted;
    private final long deadlineNanos;
    private final UpstreamRequest.Stop stop = new UpstreamRequest.Stop();
    private final Duration drainFor;
    private final Room.Share share;
    private final Presence presence;
    private volatile boolean delivering;
    private @Nullable Outcome outcome;
    private boolean oddUsage;

    /**
     * @param watch begins to watch the client, given what is to happen when it is found to be gone
     * @param share takes the room for what is held of the answer
     */
    Exchange(
            RelayRequest request,
            Admitted admitted,
            HttpServletResponse client,
            Function<Runnable, Presence> watch,
            Room.Share share,
            RelayProperties properties) {
        this.request = request;
        this.admitted = admitted;
        this.client = client;
        this.share = share;
        this.deadlineNanos =
                request.startedNanos() + properties.longestRequest().toNanos();
        this.drainFor = properties.drainFor();
        long input = Admissions.expectedInput(admitted.body().bytes());
        this.wanted = new Wanted(admitted.price(), input, admitted.expectedOutput());
        this.presence = watch.apply(this::clientLeft);
    }

    RelayRequest request() {
        return request;
    }

    Admitted admitted() {
        return admitted;
    }

    Bill bill() {
        return admitted.bill();
    }

    HttpServletResponse client() {
        return client;
    }

    Wanted wanted() {
        return wanted;
    }

    String model() {
        return admitted.price().model().name();
    }

    /** True where so many bytes more of the answer may be held. */
    boolean holds(long bytes) {
        return share.take(bytes);
    }

    Duration timeLeft() {
        return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    }

    UpstreamRequest.Stop stop() {
        return stop;
    }

    Presence presence() {
        return presence;
    }

    /** From now on the client has tokens of the answer. */
    void delivering() {
        delivering = true;
    }

    /**
     * Runs on the thread that found out. The blocked one wakes: at once where nothing has been delivered, else with the
     * stream's next event, or when the time for reading an answer to its end is over.
     */
    private void clientLeft() {
        if (delivering) {
            stop.within(drainFor);
        } else {
            stop.now();
        }
    }

    /** How it ended; null where it was refused before anything was sent. */
    @Nullable
    Outcome outcome() {
        return outcome;
    }

    /** True where the usage that was billed had to be made to fit. */
    boolean usageWasOdd() {
        return oddUsage;
    }

    /** The buyer owes what the call used. The call ends with the same. */
    void close(Outcome how, Call call, Result result, Call.Used used) {
        call.ends(result, used.tokens());
        var report = call.report();
        oddUsage = report != null && report.odd();
        outcome = how;
        bill().close(how, used.metering(), used.tokens());
    }

    /** The buyer owes what was reserved at most, whatever the call used. */
    void closeExhausted(Call call, TokenUsage used) {
        call.ends(Result.CANCELLED, used);
        outcome = Outcome.CREDITS_EXHAUSTED;
        bill().closeExhausted(Metering.COUNTED, used);
    }

    /** The provider refused the request itself: the buyer owes nothing; the call served nothing. */
    void refused(Call call, Rejection rejection) throws IOException {
        call.ends(Result.REQUEST_REFUSED, TokenUsage.NONE);
        closeFree(Outcome.UPSTREAM_REFUSED);
        rejection.write(this);
    }

    /**
     * The answer is larger than is passed on. The request asked for it: no key is to blame, and the next one's would be as
     * large. The buyer owes what came.
     */
    void tooLarge(Call call) throws IOException {
        close(Outcome.UPSTREAM_CUT, call, Result.CANCELLED, new Call.Used(call.usedSoFar(), Metering.COUNTED));
        Refusal.answerTooLarge().write(client);
    }

    /** There is no room here for the answer: the buyer owes nothing, for it got nothing and was not the reason. */
    void noRoom(Call call) throws IOException {
        call.ends(Result.CANCELLED, call.servedInVain());
        failed(true, Refusal.noRoom());
    }

    /** Every key was refused for this model: the buyer owes nothing and hears the last of the providers. */
    void modelRefused(Rejection rejection) throws IOException {
        closeFree(Outcome.UPSTREAM_REFUSED);
        if (rejection.inProtocolForm()) {
            rejection.write(this);
        } else {
            Refusal.unknownToProviders(model()).write(client);
        }
    }

    /** The client left before it got a token, while a call was running: it owes the input if that had been sent whole. */
    void clientGone(Call call, boolean sent) {
        if (sent) {
            close(Outcome.CLIENT_GONE, call, Result.CANCELLED, new Call.Used(call.usedSoFar(), Metering.COUNTED));
        } else {
            call.ends(Result.CANCELLED, TokenUsage.NONE);
            closeFree(Outcome.CLIENT_GONE);
        }
    }

    /** The client left while no call was running. */
    void clientGone(boolean called) {
        if (called) {
            closeFree(Outcome.CLIENT_GONE);
        } else {
            bill().release();
        }
    }

    private void closeFree(Outcome how) {
        outcome = how;
        bill().closeFree(how);
    }

    /** No key could serve. Where none was even called the request leaves no record. */
    void failed(boolean called, Refusal refusal) throws IOException {
        if (called) {
            closeFree(Outcome.UPSTREAM_FAILED);
        } else {
            bill().release();
        }
        refusal.write(client);
    }

    /** The time ran out before the first byte: the input is owed where it had been sent whole. */
    void timedOut(Call call, boolean sent) throws IOException {
        if (sent) {
            close(Outcome.TIMED_OUT, call, Result.UNREACHABLE, new Call.Used(call.usedSoFar(), Metering.COUNTED));
        } else {
            call.ends(Result.UNREACHABLE, TokenUsage.NONE);
            closeFree(Outcome.TIMED_OUT);
        }
        Refusal.timedOut().write(client);
    }

    /** Headers that every answer of a provider is passed on with. */
    void headers(@Nullable String upstreamRequestId, @Nullable String processingMs) {
        client.setHeader("x-quotabank-model", model());
        if (upstreamRequestId != null) {
            client.setHeader("x-upstream-request-id", upstreamRequestId);
        }
        if (processingMs != null) {
            client.setHeader("openai-processing-ms", processingMs);
        }
    }
}
