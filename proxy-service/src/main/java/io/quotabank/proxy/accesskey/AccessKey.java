package io.quotabank.proxy.accesskey;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.accesskey.AccessKeyRecord;
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
        @JsonIgnore long version) {

    AccessKey {
        models = List.copyOf(models);
    }

    /** As other services know it. */
    AccessKeyRecord published() {
        var expiresAtMs = expiresAt == null ? null : expiresAt.toEpochMilli();
        return new AccessKeyRecord(hash, id, userId, version, revokedAt != null, models, expiresAtMs);
    }
}
