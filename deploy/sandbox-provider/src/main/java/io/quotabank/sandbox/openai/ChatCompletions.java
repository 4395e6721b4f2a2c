package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.fault.Fault;
import io.quotabank.sandbox.fault.Faults;
import io.quotabank.sandbox.key.RateLimits;
import io.quotabank.sandbox.openai.OpenAiError.Malformed;
import io.quotabank.sandbox.reply.Replies;
import io.quotabank.sandbox.reply.Reply;
import io.quotabank.sandbox.served.Served;
import io.quotabank.sandbox.token.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Answers POST /v1/chat/completions. */
final class ChatCompletions {

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

    ChatCompletions(Parts parts) {
        this.parts = parts;
    }

    void handle(Call call) {
        if (call.exchange.body().length <= LONG_BODY_BYTES) {
            read(call).run();
            return;
        }
        try {
            parts.reading().execute(() -> call.exchange.execute(read(call)));
        } catch (RejectedExecutionException e) {
            call.refuse(OpenAiError.overloaded());
        }
    }

    /** Reads the body here and now; what is left to do belongs on the connection's thread. */
    private Runnable read(Call call) {
        try {
            var request = ChatRequest.read(call.exchange.body(), parts.tokenizer());
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

    private void applyFault(Call call, ChatRequest request) {
        var fault = parts.faults().strike(call.key.text(), request.model(), call.exchange.path());
        switch (fault) {
            case null -> answer(call, request, null);
            case Fault.Status status -> call.fail(status);
            case Fault.Reset reset -> call.exchange.reset();
            case Fault.Delay delay -> call.exchange.after(delay.ms(), () -> answer(call, request, null));
            case Fault.ErrorEvent error -> answerError(call, request);
            case Fault.Cut cut -> answer(call, request, cut);
            case Fault.OmitUsage omitted -> answer(call, request, omitted);
        }
    }

    private static void answerError(Call call, ChatRequest request) {
        if (request.stream()) {
            call.exchange.stream(call.events(), new ErrorStream(OpenAiError.serverError()));
        } else {
            call.exchange.answer(call.json(), OpenAiError.serverError().json());
        }
    }

    private void answer(Call call, ChatRequest request, @Nullable Fault fault) {
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

    private void admit(Call call, ChatRequest request, String model, @Nullable String clientId, @Nullable Fault fault) {
        var reply = parts.replies().reply(request.wish(), request.maxTokens());
        var refusal = call.key.limits().take((long) request.prompt().tokens() + reply.tokens());
        if (refusal != null) {
            refuse(call, model, refusal);
            return;
        }
        var promptTokens = request.prompt().tokens();
        var cachedTokens = call.key.cachedTokens(request.prompt());
        var entry = parts.served().open(call.key.text(), model, call.id, clientId, promptTokens, cachedTokens);
        var delivery = new Delivery(parts.served(), entry, call.key, promptTokens, cachedTokens);
        var answer = answer(model, reply, promptTokens, cachedTokens, !(fault instanceof Fault.OmitUsage));
        if (request.stream()) {
            var cutAfter = fault instanceof Fault.Cut cut ? cut.afterChunks() : Integer.MAX_VALUE;
            var pace = call.key.settings().tokensPerSecond();
            var manner = new ChatStream.Manner(pace, request.includeUsage(), cutAfter);
            call.exchange.stream(call.events(), new ChatStream(answer, manner, delivery, parts.nanos()));
        } else if (fault instanceof Fault.Cut) {
            sendHalf(call, answer, delivery);
        } else {
            send(call, answer, delivery);
        }
    }

    private ChatAnswer answer(String model, Reply reply, int promptTokens, int cachedTokens, boolean tellsUsage) {
        var seconds = parts.clock().millis() / 1000;
        return new ChatAnswer(ChatAnswer.newId(), seconds, model, reply, promptTokens, cachedTokens, tellsUsage);
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

    private static void send(Call call, ChatAnswer answer, Delivery delivery) {
        call.exchange.answer(call.json(), answer.whole(), whole -> {
            delivery.sent(whole ? answer.reply().tokens() : 0);
            delivery.ended(whole);
        });
    }

    /** Breaks off in the middle of what is said, after half of its pieces. */
    private static void sendHalf(Call call, ChatAnswer answer, Delivery delivery) {
        var promised = answer.whole().getBytes(StandardCharsets.UTF_8).length;
        var half = answer.reply().pieces().size() / 2;
        call.exchange.answerCut(call.json(), promised, answer.upTo(half).toString(), sent -> {
            delivery.sent(sent ? answer.reply().tokensUpTo(half) : 0);
            delivery.ended(false);
        });
    }
}
