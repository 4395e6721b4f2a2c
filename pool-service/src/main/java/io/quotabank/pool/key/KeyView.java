package io.quotabank.pool.key;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.pool.key.KeyStore.Audit;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A key as its owner sees it. Amounts are credits, decimal. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record KeyView(
        UUID id,
        @Nullable UUID ownerId,
        Kind kind,
        String provider,
        String lastFour,
        String baseUrl,
        List<String> models,
        String state,
        @Nullable Instant coolingUntil,
        boolean pausedByPlatform,
        @Nullable BigDecimal claimedQuota,
        @Nullable BigDecimal remaining,
        BigDecimal used,
        @Nullable Instant quotaExpiresAt,
        LimitsView limits,
        Instant createdAt,
        Instant changedAt) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record LimitsView(
            @Nullable Integer requestsPerMinute,
            @Nullable Long tokensPerMinute,
            @Nullable Integer concurrent,
            @Nullable BigDecimal dailySpend) {

        static LimitsView of(Limits limits) {
            return new LimitsView(
                    limits.requestsPerMinute(),
                    limits.tokensPerMinute(),
                    limits.concurrent(),
                    decimal(limits.dailySpend()));
        }
    }

    /** One audit record. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AuditView(
            UUID id,
            Instant at,
            long version,
            String actor,
            String action,
            @Nullable State from,
            State to,
            String reason) {

        static AuditView of(Audit audit) {
            return new AuditView(
                    audit.id(),
                    audit.at(),
                    audit.version(),
                    audit.actor(),
                    audit.action(),
                    audit.from(),
                    audit.to(),
                    audit.reason());
        }
    }

    /** While it is left alone after failures, an active key tells that instead of its state. */
    static final String COOLING = "cooling";

    static KeyView of(Key key, Instant now) {
        boolean cooling = key.isCooling(now);
        return new KeyView(
                key.id(),
                key.ownerId(),
                key.kind(),
                key.provider(),
                key.lastFour(),
                key.baseUrl(),
                key.models(),
                cooling ? COOLING : key.state().wire(),
                cooling ? key.coolingUntil() : null,
                key.life().pausedByPlatform(),
                decimal(key.life().claimed()),
                decimal(key.life().remaining()),
                key.life().used().toDecimal(),
                key.quotaExpiresAt(),
                LimitsView.of(key.limits()),
                key.createdAt(),
                key.changedAt());
    }

    private static @Nullable BigDecimal decimal(@Nullable Credits credits) {
        return credits == null ? null : credits.toDecimal();
    }
}
