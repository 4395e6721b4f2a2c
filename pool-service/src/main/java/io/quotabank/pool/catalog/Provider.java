package io.quotabank.pool.catalog;

import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
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
        BalanceForm balance,
        @Nullable String keyVariable,
        @Nullable String baseUrlVariable) {}
