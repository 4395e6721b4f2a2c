package io.quotabank.contracts.poolkey;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quotabank.contracts.money.Credits;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A value of the compacted topic {@code pool.keys.v1}, keyed by key id: the whole state a router needs. A record whose
 * version is not above the one already held is dropped, so a late re-send revives nothing.
 *
 * @param version the row's version, rising by each change
 * @param ownerId null for a platform key
 * @param ownerBasisPoints the owner's part of what the key earns, 0 to 10,000
 * @param provider the provider's name in the catalogue: {@code openai}, {@code deepseek}, ...
 * @param baseUrl where its calls go, without a trailing slash, {@code /v1} included where the provider has one
 * @param models names of catalogue models it serves
 * @param sealedSecret the secret, sealed with HPKE to proxy-service's public key (base64); empty once withdrawn
 * @param remaining list-price quota left by the pool's count, in credits; null where unlimited or unknown
 * @param quotaExpiresAtMs when unused quota lapses at the provider
 * @param providerAddress true where its calls go to the address that the catalogue has for its provider; what another
 *     address answers is its owner's word
 * @param coolingUntilMs until when a key whose calls failed is left alone, in milliseconds since 1970; then one call at
 *     a time may try it. Null where nothing is wrong
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PoolKeyRecord(
        UUID keyId,
        long version,
        @Nullable UUID ownerId,
        int ownerBasisPoints,
        Kind kind,
        int priority,
        String provider,
        String baseUrl,
        List<String> models,
        State state,
        String sealedSecret,
        @Nullable Credits remaining,
        @Nullable Long quotaExpiresAtMs,
        Limits limits,
        boolean providerAddress,
        @Nullable Long coolingUntilMs) {

    public static final String TOPIC = "pool.keys.v1";
    public static final String TYPE = "io.quotabank.pool.key.v1";

    public PoolKeyRecord {
        models = List.copyOf(models);
    }

    /** Only {@link State#ACTIVE} and {@link State#LOW} keys are candidates for routing. */
    public boolean routable() {
        return state == State.ACTIVE || state == State.LOW;
    }

    /** Limits that the owner set; null is no limit. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Limits(
            @Nullable Integer requestsPerMinute,
            @Nullable Long tokensPerMinute,
            @Nullable Integer concurrent,
            @Nullable Credits dailySpend) {

        public static final Limits NONE = new Limits(null, null, null, null);
    }

    /** Whose key it is and when it serves. */
    public enum Kind {
        /** A person's key, paid as it is used. */
        CONSIGNMENT,
        /** A platform key that competes with people's keys. */
        POOL,
        /** A platform key that serves only when nothing else can; lower priority number first. */
        FALLBACK;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The life of a key. */
    public enum State {
        VERIFYING,
        ACTIVE,
        /** Under 10 USD of quota left. */
        LOW,
        PAUSED,
        DEPLETED,
        /** Left to a person after failures that went on and on. */
        FLAGGED,
        INVALID,
        WITHDRAWN;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
