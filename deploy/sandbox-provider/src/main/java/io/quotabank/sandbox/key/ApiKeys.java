package io.quotabank.sandbox.key;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Every key there is. A key that was not made here is unknown to the provider. */
public final class ApiKeys {

    private static final int MAX_KEYS = 10_000;

    private final ConcurrentHashMap<String, ApiKey> keys = new ConcurrentHashMap<>();
    private final LongSupplier nanos;

    /** @param nanos a monotonic clock, by which rate limits refill */
    public ApiKeys(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /**
     * Makes the key, or gives it new settings, a full balance and untouched limits.
     *
     * @throws IllegalArgumentException when there are too many keys, or the text is none
     */
    public ApiKey put(String text, ApiKey.Settings settings) {
        if (text.isBlank() || text.length() > 200) {
            throw new IllegalArgumentException("An API key is 1 to 200 characters long.");
        }
        var key = keys.get(text);
        if (key == null && keys.size() >= MAX_KEYS) {
            throw new IllegalArgumentException("There are " + MAX_KEYS + " keys already, and no more are kept.");
        }
        key = keys.computeIfAbsent(text, made -> new ApiKey(made, settings, nanos));
        key.replace(settings);
        return key;
    }

    public @Nullable ApiKey find(String text) {
        return keys.get(text);
    }
}
