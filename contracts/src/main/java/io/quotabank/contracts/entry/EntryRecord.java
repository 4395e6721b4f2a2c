package io.quotabank.contracts.entry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.quotabank.contracts.money.Credits;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A value of {@code ledger.entries.v1}: one side of a transfer, keyed by the person's id, or by the account's code where
 * it is the platform's. An entry may arrive more than once; before it arrives for the first time, every earlier entry of
 * its account has arrived. Drop what has a {@code seq} that is not above the highest seen of its account.
 *
 * @param account its code, such as {@code user:UUID} or {@code revenue:p07}
 * @param userId whose account it is; null for the platform's
 * @param seq from 1, without gaps per account
 * @param transferId what both sides have in common; a charge has its request's id
 * @param type why credits moved: a stable name; there will be further ones
 * @param amount above zero
 * @param balanceAfter on the account's normal side
 * @param reference what it is about, by the transfer's type
 * @param postedAtMs milliseconds since 1970-01-01T00:00Z
 * @param block the block of the seal that has the transfer
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EntryRecord(
        String account,
        @Nullable UUID userId,
        long seq,
        UUID transferId,
        Side side,
        String type,
        Credits amount,
        Credits balanceAfter,
        @Nullable UUID reference,
        long postedAtMs,
        long block) {

    public static final String TOPIC = "ledger.entries.v1";
    public static final String TYPE = "io.quotabank.ledger.entry.v1";

    /** Which side of the account it is on. */
    public enum Side {
        DEBIT,
        CREDIT;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The record's key. */
    public String key() {
        return userId == null ? account : userId.toString();
    }
}
