package io.quotabank.contracts.grant;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quotabank.contracts.money.Credits;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A value of {@code ledger.grants.v1}, keyed by user id: credits were given, or given credits have expired or
 * were taken back with the recharge that brought them. It may arrive twice, and in another order than it happened:
 * deduplicate by {@code transferId}.
 *
 * @param transferId of the entry in the books
 * @param userId whose account it is
 * @param grantId the gift: its transfer's id. Absent where a hold gave back what it had of expired gifts
 * @param origin why it was given; absent where the gift is
 * @param expiresAtMs when a gift expires, in milliseconds since 1970-01-01T00:00Z; absent for never, and for an expiry
 * @param atMs milliseconds since 1970-01-01T00:00Z
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GrantRecord(
        UUID transferId,
        UUID userId,
        Kind kind,
        @Nullable UUID grantId,
        @Nullable String origin,
        Credits amount,
        @Nullable Long expiresAtMs,
        long atMs) {

    public static final String TOPIC = "ledger.grants.v1";
    public static final String TYPE = "io.quotabank.ledger.grant.v1";

    /** What happened to the credits. */
    public enum Kind {
        GIVEN,
        EXPIRED;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
