package io.quotabank.risk.failure;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.risk.Topics;
import io.quotabank.risk.failure.Failures.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Calls of one key. */
final class TestFailures {

    private static final UUID KEY = UUID.randomUUID();

    static FailureProperties properties(int toCool, int toFlag) {
        return new FailureProperties(
                Duration.ofMinutes(10),
                toCool,
                toFlag,
                Duration.ofSeconds(10),
                Duration.ofSeconds(10),
                Duration.ofMinutes(5));
    }

    static Call call(Instant at, Result result, @Nullable Integer status) {
        return call(at, result, status, "openai");
    }

    static Call call(Instant at, Result result, @Nullable Integer status, String provider) {
        return new Call(at, Topics.attempt(KEY, null, provider, result, status, Credits.ZERO));
    }

    private TestFailures() {}
}
