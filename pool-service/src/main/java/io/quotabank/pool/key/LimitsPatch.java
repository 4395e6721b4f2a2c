package io.quotabank.pool.key;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** A change of limits as a merge patch (RFC 7396): what is absent stays, what is null is no limit any more. */
final class LimitsPatch {

    private static final Set<String> MEMBERS =
            Set.of("requestsPerMinute", "tokensPerMinute", "concurrent", "dailySpend");

    private final JsonNode limits;

    /** @throws IllegalArgumentException unless the body is {limits: {...}} with known members */
    LimitsPatch(JsonNode body) {
        if (!body.isObject() || body.size() != 1 || !body.path("limits").isObject()) {
            throw new IllegalArgumentException("the body is {\"limits\": {...}}; nothing else of a key can be set");
        }
        limits = body.path("limits");
        for (var name : limits.propertyNames()) {
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException("a key has no limit " + name);
            }
        }
        // Reads every value once, so that a wrong one is refused before anything is locked.
        apply(Limits.NONE);
    }

    Limits apply(Limits before) {
        return new Limits(
                member("requestsPerMinute", before.requestsPerMinute(), LimitsPatch::wholeInt),
                member("tokensPerMinute", before.tokensPerMinute(), LimitsPatch::whole),
                member("concurrent", before.concurrent(), LimitsPatch::wholeInt),
                member("dailySpend", before.dailySpend(), LimitsPatch::credits));
    }

    private <T> @Nullable T member(String name, @Nullable T before, Function<JsonNode, T> read) {
        var value = limits.get(name);
        if (value == null) {
            return before;
        }
        return value.isNull() ? null : read.apply(value);
    }

    private static long whole(JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 1) {
            throw new IllegalArgumentException("a limit is a whole number of at least 1, or null");
        }
        return value.longValue();
    }

    private static int wholeInt(JsonNode value) {
        long whole = whole(value);
        if (whole > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a limit is at most " + Integer.MAX_VALUE);
        }
        return (int) whole;
    }

    private static Credits credits(JsonNode value) {
        try {
            if (value.isNumber() && value.decimalValue().signum() > 0) {
                return Credits.ofDecimal(value.decimalValue());
            }
        } catch (JacksonException infinite) {
            // Refused below: a number that no number of ours can hold.
        }
        throw new IllegalArgumentException("dailySpend is a positive number of credits, or null");
    }
}
