package io.quotabank.pool.catalog;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A provider that keys can be deposited for, as the shipped catalogue has it.
 *
 * @param name as deposits and models name it: {@code openai}
 * @param baseUrl where its calls go unless a deposit says otherwise, without a trailing slash
 * @param balance how its keys' balances can be asked for
 * @param keyVariable the environment variable that holds a fallback key for it
 * @param baseUrlVariable the environment variable that moves that fallback key to another address
 */
public record Provider(
        String name,
        String displayName,
        String baseUrl,
        Balance balance,
        @Nullable String keyVariable,
        @Nullable String baseUrlVariable) {

    /** The kinds of balance endpoints. */
    public enum Balance {
        NONE,
        /** {@code GET /user/balance} as DeepSeek answers it. */
        DEEPSEEK,
        /** {@code GET /users/me/balance} as Moonshot answers it. */
        MOONSHOT;

        @JsonValue
        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
