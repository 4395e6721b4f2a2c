package io.quotabank.proxy.relay;

import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.relay.Admission.Admitted;
import io.quotabank.proxy.routing.Wanted;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An admitted request and its client, for as long as keys are tried and an answer is relayed. */
final class Exchange {

    private final RelayRequest request;
    private final Admitted admitted;
    private final HttpServletResponse client;
    private final Wanted wanted;
    private final long deadlineNanos;
    private @Nullable Outcome outcome;
    private boolean oddUsage;

    Exchange(RelayRequest request, Admitted admitted, HttpServletResponse client, Duration longest) {
        this.request = request;
        this.admitted = admitted;
        this.client = client;
        this.deadlineNanos = request.startedNanos() + longest.toNanos();
        long input = Admissions.expectedInput(admitted.body().bytes());
        this.wanted = new Wanted(admitted.price(), input, admitted.expectedOutput());
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

    Duration timeLeft() {
        return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
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

    /** The buyer owes nothing; the call served nothing. */
    void closeRefused(Call call) {
        call.ends(Result.REQUEST_REFUSED, TokenUsage.NONE);
        outcome = Outcome.UPSTREAM_REFUSED;
        bill().closeFree(outcome);
    }

    /** No key could serve. Where none was even called the request leaves no record. */
    void failed(boolean called, Refusal refusal) throws IOException {
        if (called) {
            outcome = Outcome.UPSTREAM_FAILED;
            bill().closeFree(outcome);
        } else {
            bill().release();
        }
        refusal.write(client);
    }

    /** The time ran out before the first byte: the input had been sent whole. */
    void timedOut(Call call) throws IOException {
        var used = new Call.Used(call.usedSoFar(), Metering.COUNTED);
        close(Outcome.TIMED_OUT, call, UsageEvent.Result.UNREACHABLE, used);
        Refusal.timedOut().write(client);
    }

    /** Headers that every answer of a provider is passed on with. */
    void headers(Call call, @Nullable String processingMs) {
        client.setHeader("x-quotabank-model", model());
        if (call.upstreamRequestId() != null) {
            client.setHeader("x-upstream-request-id", call.upstreamRequestId());
        }
        if (processingMs != null) {
            client.setHeader("openai-processing-ms", processingMs);
        }
    }
}
