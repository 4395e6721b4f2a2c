package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.fault.Fault;
import io.quotabank.sandbox.fault.Faults;
import io.quotabank.sandbox.http.Exchange;
import io.quotabank.sandbox.http.Head;
import io.quotabank.sandbox.key.ApiKey;
import io.quotabank.sandbox.key.RateLimits;
import io.quotabank.sandbox.key.RateLimits.Kind;
import io.quotabank.sandbox.served.ServedRequest.RequestId;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One request of a known key, and its answers' headers. */
final class Call {

    private static final String JSON = "application/json";

    final Exchange exchange;
    final ApiKey key;
    final RequestId id = newId();
    private final LongSupplier nanos;
    private final long startedNanos;

    Call(Exchange exchange, ApiKey key, LongSupplier nanos) {
        this.exchange = exchange;
        this.key = key;
        this.nanos = nanos;
        this.startedNanos = nanos.getAsLong();
    }

    static RequestId newId() {
        var chance = ThreadLocalRandom.current();
        return new RequestId(chance.nextLong(), chance.nextLong());
    }

    /** An answer without a key to tell limits of. */
    static void refuse(Exchange exchange, OpenAiError error) {
        var head = Head.of(error.status(), JSON).with("x-request-id", newId().text());
        exchange.answer(head, error.json());
    }

    void refuse(OpenAiError error) {
        exchange.answer(head(error.status(), JSON), error.json());
    }

    void refuse(OpenAiError error, long retryAfterMs) {
        var head = head(error.status(), JSON).with("retry-after", Math.ceilDiv(retryAfterMs, 1000));
        exchange.answer(head.with("retry-after-ms", retryAfterMs), error.json());
    }

    /** Answers with an error on purpose. */
    void fail(Fault.Status fault) {
        var error = OpenAiError.usual(fault.status()).withCode(fault.code());
        if (fault.retryAfterSeconds() == null) {
            refuse(error);
        } else {
            var head = head(error.status(), JSON).with("retry-after", fault.retryAfterSeconds());
            exchange.answer(head, error.json());
        }
    }

    /** This request as faults see it. */
    Faults.Struck struck(@Nullable String model) {
        return new Faults.Struck(key.text(), model, exchange.path(), exchange.header("host"));
    }

    Head json() {
        return head(200, JSON);
    }

    Head events() {
        return head(200, "text/event-stream; charset=utf-8").with("cache-control", "no-cache");
    }

    private Head head(int status, String contentType) {
        var head = Head.of(status, contentType)
                .with("x-request-id", id.text())
                .with("openai-version", "2020-10-01")
                .with("openai-organization", "sandbox")
                .with("openai-processing-ms", Math.max(1, (nanos.getAsLong() - startedNanos) / 1_000_000));
        limit(head, "requests", key.limits().standing(Kind.REQUESTS));
        limit(head, "tokens", key.limits().standing(Kind.TOKENS));
        return head;
    }

    private static void limit(Head head, String name, RateLimits.@Nullable Standing standing) {
        if (standing != null) {
            head.with("x-ratelimit-limit-" + name, standing.perMinute());
            head.with("x-ratelimit-remaining-" + name, standing.remaining());
            head.with("x-ratelimit-reset-" + name, Durations.text(standing.resetNanos()));
        }
    }
}
