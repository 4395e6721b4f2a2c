package io.quotabank.contracts.accesskey;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An access key without its secret: a value of the compacted topic {@code access-keys.v1}, keyed by {@code hash}, and
 * the answer to the gateway's question. A record whose version is not above the one already held is dropped.
 *
 * @param hash SHA-256 of the key's text, lower-case hex
 * @param models the models it may call; empty allows all
 * @param expiresAtMs when it ends; null never
 * @param cap what it may spend; null as much as its user has
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AccessKeyRecord(
        String hash,
        UUID accessKeyId,
        UUID userId,
        long version,
        boolean revoked,
        List<String> models,
        @Nullable Long expiresAtMs,
        @Nullable SpendingCap cap) {

    public static final String TOPIC = "access-keys.v1";
    public static final String TYPE = "io.quotabank.access-key.v1";

    public AccessKeyRecord {
        models = List.copyOf(models);
    }

    /** Without a cap. */
    public AccessKeyRecord(
            String hash,
            UUID accessKeyId,
            UUID userId,
            long version,
            boolean revoked,
            List<String> models,
            @Nullable Long expiresAtMs) {
        this(hash, accessKeyId, userId, version, revoked, models, expiresAtMs, null);
    }

    public boolean usableAt(long nowMs) {
        return !revoked && (expiresAtMs == null || nowMs < expiresAtMs);
    }

    public boolean allows(String model) {
        return models.isEmpty() || models.contains(model);
    }
}
