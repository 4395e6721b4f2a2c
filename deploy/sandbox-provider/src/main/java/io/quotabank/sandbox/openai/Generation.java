package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.answer.Answer;
import io.quotabank.sandbox.answer.Delivery;
import io.quotabank.sandbox.answer.EventStream;
import io.quotabank.sandbox.answer.Usage;
import io.quotabank.sandbox.fault.Fault;
import io.quotabank.sandbox.fault.Faults;
import io.quotabank.sandbox.http.Exchange;
import io.quotabank.sandbox.key.RateLimits;
import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import io.quotabank.sandbox.reply.Replies;
import io.quotabank.sandbox.served.Served;
import io.quotabank.sandbox.token.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Answers what something is generated for: reads, checks, limits, counts and sends. */
final class Generation {

    /** Longer bodies are read on another thread: counting their tokens would keep every other client waiting. */
    private static final int LONG_BODY_BYTES = 32_768;

    private static final int MAX_CLIENT_ID = 128;

    /**
     * What an answer is made with.
     *
     * @param reading reads long bodies; may reject them
     * @param nanos monotonic, for pacing
     * @param clock for what clients are told
     */
    record Parts(
            Tokenizer tokenizer,
            Replies replies,
            Faults faults,
            Served served,
            ExecutorService reading,
            LongSupplier nanos,
            InstantSource clock) {}

    private final Parts parts;

    Generation(Parts parts) {
        this.parts = parts;
    }

    void handle(Call call, Asked.Reader reader) {
        if (call.exchange.body().length <= LONG_BODY_BYTES) {
            read(call, reader).run();
            return;
        }
        try {
            parts.reading().execute(() -> call.exchange.execute(read(call, reader)));
        } catch (RejectedExecutionException e) {
            call.refuse(OpenAiError.overloaded());
        }
    }

    /** Reads the body here and now; what is left to do belongs on the connection's thread. */
    private Runnable read(Call call, Asked.Reader reader) {
        try {
            var request = reader.read(Fields.parse(call.exchange.body()), parts.tokenizer());
            return () -> applyFault(call, request);
        } catch (Malformed e) {
            return () -> call.refuse(e.error());
        } catch (RuntimeException | Error e) {
            // Thrown where the connection's guard answers for it.
            return () -> {
                throw e;
            };
        }
    }

    private void applyFault(Call call, Asked request) {
        var fault = parts.faults().strike(call.struck(request.model()));
        switch (fault) {
            case null -> answer(call, request, null);
            case Fault.Status status -> call.fail(status);
            case Fault.Reset reset -> call.exchange.reset();
            case Fault.Delay delay -> call.exchange.after(delay.ms(), () -> answer(call, request, null));
            case Fault.Slow slow -> {
                call.exchange.slowly(slow.bytesPerSecond(), slow.head());
                answer(call, request, null);
            }
            case Fault.ErrorEvent error
            when !request.stream() ->
                call.exchange.answer(call.json(), OpenAiError.serverError().json());
            case Fault.ErrorEvent error
            when error.afterChunks() == 0 ->
                call.exchange.stream(call.events(), new ErrorStream(OpenAiError.serverError()));
            case Fault.ErrorEvent error -> answer(call, request, error);
            case Fault.Cut cut -> answer(call, request, cut);
            case Fault.Stall stall -> answer(call, request, stall);
            case Fault.MalformedChunk malformed -> answer(call, request, malformed);
            case Fault.OmitUsage omitted -> answer(call, request, omitted);
            case Fault.WrongUsage wrong -> answer(call, request, wrong);
            case Fault.DoubleUsage twice -> answer(call, request, twice);
        }
    }

    private void answer(Call call, Asked request, @Nullable Fault fault) {
        var model = call.key.model(request.model());
        var clientId = call.exchange.header("x-client-request-id");
        if (clientId != null && clientId.length() > MAX_CLIENT_ID) {
            var message = "x-client-request-id is longer than " + MAX_CLIENT_ID + " characters.";
            call.refuse(OpenAiError.invalid(message, null, null));
        } else if (model == null) {
            call.refuse(OpenAiError.noSuchModel(request.model()));
        } else if (!call.key.hasMoney()) {
            call.refuse(OpenAiError.noMoney());
        } else {
            admit(call, request, model, clientId, fault);
        }
    }

    private void admit(Call call, Asked request, String model, @Nullable String clientId, @Nullable Fault fault) {
        var answer = request.answer(parts.replies(), model, parts.clock().millis() / 1000);
        var promptTokens = request.prompt().tokens();
        var refusal = call.key.limits().take((long) promptTokens + answer.tokens());
        if (refusal != null) {
            refuse(call, model, refusal);
            return;
        }
        var cachedTokens = call.key.cachedTokens(request.prompt());
        var entry = parts.served()
                .open(call.key.text(), request.operation(), model, call.id, clientId, promptTokens, cachedTokens);
        var delivery = new Delivery(parts.served(), entry, call.key, promptTokens, cachedTokens);
        var told = Broken.told(fault, new Usage(promptTokens, cachedTokens, answer.tokens()));
        if (request.stream() && answer instanceof Answer.Spoken spoken) {
            var manner = new EventStream.Manner(call.key.settings().tokensPerSecond(), Broken.stream(fault));
            var events = spoken.events(request.includeUsage() ? told : List.of());
            call.exchange.stream(call.events(), new EventStream(events, manner, delivery, parts.nanos()));
        } else {
            send(call, answer, told, fault, delivery);
        }
    }

    private static void refuse(Call call, String model, RateLimits.Refusal refusal) {
        var tokens = refusal.kind() == RateLimits.Kind.TOKENS;
        var limit = refusal.standing().perMinute();
        var numbers = "Limit " + limit + ", Used " + (limit - refusal.standing().remaining()) + ", Requested "
                + refusal.requested() + ".";
        var what = tokens ? "tokens per min (TPM): " : "requests per min (RPM): ";
        var type = tokens ? "tokens" : "requests";
        if (refusal.requested() > limit) {
            var message = "Request too large for " + model + " on " + what + numbers + " It must be reduced to run.";
            call.refuse(new OpenAiError(429, message, type, null, "rate_limit_exceeded"));
            return;
        }
        var message = "Rate limit reached for " + model + " on " + what + numbers + " Please try again in "
                + Durations.text(refusal.waitNanos()) + ".";
        var waitMs = Math.ceilDiv(refusal.waitNanos(), 1_000_000);
        call.refuse(new OpenAiError(429, message, type, null, "rate_limit_exceeded"), waitMs);
    }

    private static void send(Call call, Answer answer, List<Usage> told, @Nullable Fault fault, Delivery delivery) {
        var whole = answer.whole(told);
        if (fault instanceof Fault.Cut || fault instanceof Fault.Stall || fault instanceof Fault.MalformedChunk) {
            sendHalf(call, answer.half(), whole.getBytes(StandardCharsets.UTF_8).length, fault, delivery);
            return;
        }
        call.exchange.answer(call.json(), whole, sent -> {
            delivery.sent(sent ? answer.tokens() : 0);
            delivery.ended(sent);
        });
    }

    /** Breaks off in the middle of what is said. */
    private static void sendHalf(Call call, Answer.Part half, int promisedBytes, Fault fault, Delivery delivery) {
        Exchange.Outcome counted = sent -> delivery.sent(sent ? half.tokens() : 0);
        Exchange.Outcome ended = sent -> {
            counted.sent(sent);
            delivery.ended(false);
        };
        if (fault instanceof Fault.Stall) {
            call.exchange.answerStalled(call.json(), promisedBytes, half.text(), counted, () -> delivery.ended(false));
        } else if (fault instanceof Fault.Cut) {
            call.exchange.answerCut(call.json(), promisedBytes, half.text(), ended);
        } else {
            call.exchange.answer(call.json(), half.text(), ended);
        }
    }
}
