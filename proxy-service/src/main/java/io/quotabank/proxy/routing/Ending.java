package io.quotabank.proxy.routing;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a call with a chosen key ended, as far as its key and host are concerned.
 *
 * @param modelOnly for a refused key: true where it was refused for the call's model, not as such
 * @param retryAfter how long the provider asked to be left alone; null where it did not
 * @param firstTokenMs from sending to the first token; null where none came or it is not known
 * @param durationMs from sending to the end
 * @param tokens all tokens that the provider counted or that were counted here
 * @param outputTokens those of them that were generated
 * @param listCost the tokens at list price: what the key's quota falls by
 */
public record Ending(
        UsageEvent.Result result,
        boolean modelOnly,
        @Nullable Duration retryAfter,
        @Nullable Long firstTokenMs,
        long durationMs,
        long tokens,
        long outputTokens,
        Credits listCost) {

    /** An end that served nothing. */
    public static Ending without(UsageEvent.Result result, @Nullable Duration retryAfter, long durationMs) {
        return new Ending(result, false, retryAfter, null, durationMs, 0, 0, Credits.ZERO);
    }
}
