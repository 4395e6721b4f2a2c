package io.quotabank.sandbox.key;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One customer of the provider. Safe for use by many threads. */
public final class ApiKey {

    /**
     * What a key may do.
     *
     * @param models ids it may call, at least one
     * @param balanceUsd what it may spend; null: without limit, and not told
     * @param requestsPerMinute 0: no limit, and no headers about it
     * @param tokensPerMinute likewise, over input and output
     * @param tokensPerSecond pace of streams; 0: as fast as the client reads
     * @param prices what its balance falls by
     */
    public record Settings(
            List<String> models,
            @Nullable BigDecimal balanceUsd,
            long requestsPerMinute,
            long tokensPerMinute,
            double tokensPerSecond,
            Prices prices) {

        private static final long MOST = 1_000_000_000;

        public Settings {
            models = List.copyOf(models);
            if (models.isEmpty() || models.size() > 1000) {
                throw new IllegalArgumentException("A key needs 1 to 1,000 models.");
            }
            if (models.stream().anyMatch(model -> model.isBlank() || model.length() > 200)) {
                throw new IllegalArgumentException("A model's id is 1 to 200 characters long.");
            }
            requireInRange("requestsPerMinute", requestsPerMinute >= 0 && requestsPerMinute <= MOST);
            requireInRange("tokensPerMinute", tokensPerMinute >= 0 && tokensPerMinute <= MOST);
            requireInRange("tokensPerSecond", tokensPerSecond >= 0 && tokensPerSecond <= MOST);
        }

        private static void requireInRange(String name, boolean holds) {
            if (!holds) {
                throw new IllegalArgumentException(name + " is between 0 and " + MOST + ".");
            }
        }
    }

    /** Settings and what counts down under them, replaced together. */
    private record Current(Settings settings, Map<String, String> models, RateLimits limits, Balance balance) {}

    private final String text;
    private final LongSupplier nanos;
    private final PromptCache cache = new PromptCache();
    private volatile Current current;

    ApiKey(String text, Settings settings, LongSupplier nanos) {
        this.text = text;
        this.nanos = nanos;
        this.current = fresh(settings, nanos);
    }

    void replace(Settings settings) {
        current = fresh(settings, nanos);
    }

    private static Current fresh(Settings settings, LongSupplier nanos) {
        var models = settings.models().stream().distinct().collect(Collectors.toMap(model -> model, model -> model));
        var limits = new RateLimits(settings.requestsPerMinute(), settings.tokensPerMinute(), nanos);
        return new Current(settings, models, limits, new Balance(settings.balanceUsd()));
    }

    public String text() {
        return text;
    }

    public Settings settings() {
        return current.settings();
    }

    /** The key's own copy of a model's id, so that logs keep no other; null when the key may not call it. */
    public @Nullable String model(String id) {
        return current.models().get(id);
    }

    public RateLimits limits() {
        return current.limits();
    }

    /** US dollars left, negative when overspent; null for a key without balance. */
    public @Nullable BigDecimal balanceUsd() {
        return current.balance().usd();
    }

    public boolean hasMoney() {
        return !current.balance().exhausted();
    }

    /** Takes money away, as if used elsewhere. */
    public void spend(BigDecimal usd) {
        current.balance().fall(Balance.pico(usd));
    }

    /** Takes away what served tokens cost. */
    public void pay(int inputTokens, int cachedTokens, int outputTokens) {
        current.balance().fall(settings().prices().pico(inputTokens, cachedTokens, outputTokens));
    }

    /** How much of a prompt this key has sent before, in tokens; remembers the prompt. */
    public int cachedTokens(Prompt prompt) {
        return cache.recall(prompt);
    }
}
