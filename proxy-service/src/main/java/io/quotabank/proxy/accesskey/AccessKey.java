package io.quotabank.proxy.accesskey;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.accesskey.SpendingCap;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A key as its owner sees it: never the secret.
 *
 * @param prefix the secret's first characters
 * @param lastFour the secret's last characters
 * @param models the models it may call; empty allows all
 * @param spendingCap what it may spend; null as much as its owner has
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AccessKey(
        UUID id,
        @JsonIgnore UUID userId,
        String name,
        @JsonIgnore String hash,
        String prefix,
        String lastFour,
        List<String> models,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @JsonIgnore long version,
        @JsonIgnore @Nullable SpendingCap spendingCap) {

    AccessKey {
        models = List.copyOf(models);
    }

    /** As its owner set it; null without a cap. */
    @JsonProperty("cap")
    @Nullable
    Limits limits() {
        return Limits.of(spendingCap);
    }

    /** As other services know it. */
    AccessKeyRecord published() {
        var expiresAtMs = expiresAt == null ? null : expiresAt.toEpochMilli();
        return new AccessKeyRecord(hash, id, userId, version, revokedAt != null, models, expiresAtMs, spendingCap);
    }
}
