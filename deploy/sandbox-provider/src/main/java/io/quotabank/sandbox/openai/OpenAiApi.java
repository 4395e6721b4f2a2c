package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.fault.Fault;
import io.quotabank.sandbox.fault.Faults;
import io.quotabank.sandbox.http.Exchange;
import io.quotabank.sandbox.http.HttpServer;
import io.quotabank.sandbox.key.ApiKeys;
import io.quotabank.sandbox.reply.Replies;
import io.quotabank.sandbox.served.Served;
import io.quotabank.sandbox.token.Tokenizer;
import java.math.RoundingMode;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The provider's public side: finds the caller's key and the address. */
public final class OpenAiApi implements HttpServer.Handler {

    private static final Map<String, Asked.Reader> GENERATED = Map.of(
            "/v1/chat/completions", ChatRequest::read,
            "/v1/completions", CompletionRequest::read,
            "/v1/embeddings", EmbeddingRequest::read);
    private static final String MODELS = "/v1/models";
    private static final String BALANCE = "/user/balance";
    private static final String BEARER = "Bearer ";

    private final ApiKeys keys;
    private final Faults faults;
    private final LongSupplier nanos;
    private final Generation generation;

    /**
     * @param reading reads long bodies off the connections' threads; may reject them
     * @param nanos a monotonic clock
     */
    public OpenAiApi(
            ApiKeys keys,
            Faults faults,
            Served served,
            Tokenizer tokenizer,
            Replies replies,
            ExecutorService reading,
            LongSupplier nanos,
            InstantSource clock) {
        this.keys = keys;
        this.faults = faults;
        this.nanos = nanos;
        this.generation =
                new Generation(new Generation.Parts(tokenizer, replies, faults, served, reading, nanos, clock));
    }

    @Override
    public void handle(Exchange exchange) {
        var token = bearer(exchange);
        var key = token == null ? null : keys.find(token);
        if (key == null) {
            Call.refuse(exchange, token == null ? OpenAiError.noKey() : OpenAiError.wrongKey(token));
            return;
        }
        var call = new Call(exchange, key, nanos);
        var path = exchange.path();
        var reader = GENERATED.get(path);
        if (reader != null) {
            only("POST", call, () -> generation.handle(call, reader));
        } else if (path.equals(MODELS)) {
            only("GET", call, () -> applyFault(call, null, () -> models(call)));
        } else if (path.startsWith(MODELS + "/")) {
            var id = path.substring(MODELS.length() + 1);
            only("GET", call, () -> applyFault(call, id, () -> model(call, id)));
        } else if (path.equals(BALANCE)) {
            only("GET", call, () -> applyFault(call, null, () -> balance(call)));
        } else {
            call.refuse(OpenAiError.noSuchAddress(exchange.method(), path));
        }
    }

    @Override
    public void refuse(Exchange exchange, int status, String sentence) {
        var type = status < 500 ? "invalid_request_error" : "server_error";
        Call.refuse(exchange, new OpenAiError(status, sentence, type, null, null));
    }

    private static @Nullable String bearer(Exchange exchange) {
        var header = exchange.header("authorization");
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return null;
        }
        return header.substring(BEARER.length()).strip();
    }

    private static void only(String method, Call call, Runnable answer) {
        if (call.exchange.method().equals(method)) {
            answer.run();
        } else {
            call.refuse(OpenAiError.wrongMethod(call.exchange.method(), call.exchange.path()));
        }
    }

    /** Faults as far as they make sense where nothing is generated. */
    private void applyFault(Call call, @Nullable String model, Runnable answer) {
        switch (faults.strike(call.struck(model))) {
            case null -> answer.run();
            case Fault.Status status -> call.fail(status);
            case Fault.Reset reset -> call.exchange.reset();
            case Fault.Cut cut -> call.exchange.answerCut(call.json(), 2, "{", sent -> {});
            case Fault.Stall stall -> call.exchange.answerStalled(call.json(), 2, "{", sent -> {}, () -> {});
            case Fault.MalformedChunk malformed -> call.exchange.answer(call.json(), "{");
            case Fault.Delay delay -> call.exchange.after(delay.ms(), answer);
            case Fault.Slow slow -> {
                call.exchange.slowly(slow.bytesPerSecond(), slow.head());
                answer.run();
            }
            case Fault.ErrorEvent error ->
                call.exchange.answer(call.json(), OpenAiError.serverError().json());
            case Fault.OmitUsage omitted -> answer.run();
            case Fault.WrongUsage wrong -> answer.run();
            case Fault.DoubleUsage twice -> answer.run();
        }
    }

    private static void models(Call call) {
        var list =
                call.key.settings().models().stream().map(OpenAiApi::describe).collect(Collectors.joining(","));
        call.exchange.answer(call.json(), "{\"object\":\"list\",\"data\":[" + list + "]}");
    }

    private static void model(Call call, String id) {
        if (call.key.model(id) == null) {
            call.refuse(OpenAiError.noSuchModel(id));
        } else {
            call.exchange.answer(call.json(), describe(id));
        }
    }

    private static String describe(String model) {
        return "{\"id\":\"" + Tokenizer.escape(model)
                + "\",\"object\":\"model\",\"created\":1735689600,\"owned_by\":\"system\"}";
    }

    /** In DeepSeek's shape. A key without a balance is one of a provider that tells none. */
    private static void balance(Call call) {
        var left = call.key.balanceUsd();
        if (left == null) {
            call.refuse(OpenAiError.noSuchAddress("GET", BALANCE));
            return;
        }
        // Rounded down: a provider never tells of more than there is.
        var usd = left.setScale(2, RoundingMode.FLOOR).toPlainString();
        call.exchange.answer(
                call.json(),
                "{\"is_available\":" + (left.signum() > 0)
                        + ",\"balance_infos\":[{\"currency\":\"USD\",\"total_balance\":\"" + usd
                        + "\",\"granted_balance\":\"0.00\",\"topped_up_balance\":\"" + usd + "\"}]}");
    }
}
