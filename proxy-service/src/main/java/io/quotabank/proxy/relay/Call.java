package io.quotabank.proxy.relay;

import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.body.InputTokens;
import io.quotabank.proxy.custody.OpenedSecret;
import io.quotabank.proxy.metering.ReceivedText;
import io.quotabank.proxy.metering.ScannedAnswer.UsageReport;
import io.quotabank.proxy.routing.Ending;
import io.quotabank.proxy.routing.Pick;
import io.quotabank.proxy.upstream.UpstreamResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One upstream call: what it has told so far, and its one end, told to the bill and to routing. */
final class Call {

    /** What a call used, and where that is known from. */
    record Used(TokenUsage tokens, Metering metering) {}

    private static final int LONGEST_ID = 200;

    // Providers put prompts of their own before some requests: Anthropic up to 700 tokens where there are tools.
    private static final long MOST_ADDED_INPUT = 2_048;

    private final Pick pick;
    private final OpenedSecret secret;
    private final Bill bill;
    private final InputTokens input;
    private final ReceivedText received;
    private final long mostOutput;
    private final boolean echo;
    private final long startedNanos = System.nanoTime();
    private @Nullable Integer status;
    private @Nullable Duration retryAfter;
    private @Nullable Long firstTokenMs;
    private @Nullable String responseId;
    private @Nullable String upstreamRequestId;
    private @Nullable UsageReport report;
    private @Nullable Rejection modelRejection;
    private boolean ended;

    Call(Pick pick, OpenedSecret secret, Admission.Admitted admitted, ReceivedText received) {
        this.pick = pick;
        this.secret = secret;
        this.bill = admitted.bill();
        this.input = admitted.input();
        this.received = received;
        this.mostOutput = admitted.mostOutput();
        this.echo = admitted.body().echo();
    }

    Pick pick() {
        return pick;
    }

    OpenedSecret secret() {
        return secret;
    }

    ReceivedText received() {
        return received;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    @Nullable
    String upstreamRequestId() {
        return upstreamRequestId;
    }

    boolean hasEnded() {
        return ended;
    }

    void answered(UpstreamResponse response) {
        status = response.status();
        upstreamRequestId = cut(response.header("x-request-id"));
        if (response.status() == 429 || response.status() >= 500) {
            retryAfter = RetryAfter.of(response, bill.now());
        }
    }

    /** The provider refuses the key for this model only. */
    void modelRefused(Rejection rejection) {
        modelRejection = rejection;
    }

    /** Null where the provider has nothing against the key and this model. */
    @Nullable
    Rejection modelRejection() {
        return modelRejection;
    }

    void responseId(@Nullable String id) {
        if (responseId == null) {
            responseId = cut(id);
        }
    }

    /** Takes a report, within what this request can have used. */
    void reported(UsageReport newest) {
        var told = newest.tokens();
        long added = atProvider() ? MOST_ADDED_INPUT : 0;
        long input = told.input() <= added ? told.input() : added + this.input.atMost(told.input() - added);
        report = newest.within(input, outputWithin(told.output()));
    }

    // Beyond the output limit only what came counts, and at an address of the owner's own not even that.
    private long outputWithin(long tokens) {
        if (tokens <= mostOutput) {
            return tokens;
        }
        return atProvider() ? Math.min(tokens, Math.max(mostOutput, output())) : mostOutput;
    }

    /** Output tokens that came. What may be a copy of a prompt counts no further than an answer could go. */
    long output() {
        return echo ? Math.min(received.tokens(), mostOutput) : received.tokens();
    }

    // Elsewhere the key's owner answers, and could claim anything.
    private boolean atProvider() {
        return pick.key().providerAddress();
    }

    // A record of the request carries it: whoever answers must not make that too long to keep or to send.
    private static @Nullable String cut(@Nullable String id) {
        return id == null || id.length() <= LONGEST_ID ? id : id.substring(0, LONGEST_ID);
    }

    @Nullable
    UsageReport report() {
        return report;
    }

    /** Notes when the first token came; true where it was this one. */
    boolean token() {
        boolean first = firstTokenMs == null && received.isPresent();
        if (first) {
            firstTokenMs = elapsedMs();
        }
        return first;
    }

    /** What a whole answer used: as reported, else as counted. */
    Used usedByWhole() {
        return report != null ? new Used(report.tokens(), Metering.REPORTED) : new Used(usedSoFar(), Metering.COUNTED);
    }

    /** Input and what was received: what an answer used that did not come to its end. */
    TokenUsage usedSoFar() {
        long output = outputWithin(output());
        var told = report == null ? TokenUsage.of(input.count(), 0) : report.tokens();
        long most = Math.max(output, told.output());
        long reasoning = Math.min(most, Math.max(received.reasoningTokens(), told.reasoning()));
        return new TokenUsage(told.input(), most, told.cacheRead(), told.cacheCreation(), reasoning);
    }

    /**
     * What a call served that failed before its client got anything. At an address of the owner's own that is only the
     * owner's word, and nobody is paid for it.
     */
    TokenUsage servedInVain() {
        return atProvider() ? usedSoFar() : TokenUsage.NONE;
    }

    /** The call has ended, and its key has served these tokens. */
    void ends(Result result, TokenUsage served) {
        if (ended) {
            throw new IllegalStateException("a call ends once");
        }
        ended = true;
        var key = pick.key();
        long durationMs = elapsedMs();
        var list = bill.listCostOf(served);
        bill.ended(new UsageEvent.Attempt(
                key.keyId(),
                key.ownerId(),
                key.ownerBasisPoints(),
                key.provider(),
                result,
                status,
                served,
                bill.costOf(served),
                list,
                firstTokenMs,
                durationMs,
                responseId,
                upstreamRequestId));
        long all = served.input() + served.output();
        pick.ended(new Ending(
                result, modelRejection != null, retryAfter, firstTokenMs, durationMs, all, served.output(), list));
    }

    private long elapsedMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
    }
}
