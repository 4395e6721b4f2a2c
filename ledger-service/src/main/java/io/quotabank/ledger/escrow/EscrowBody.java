package io.quotabank.ledger.escrow;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.money.Credits;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What applications send and get of holds. Amounts are credits, lives are seconds, times are ms since 1970. */
final class EscrowBody {

    record OpenBody(
            @JsonProperty("user_id") @Nullable UUID userId,
            @Nullable BigDecimal amount,
            @Nullable String kind,
            @JsonProperty("expires_in") @Nullable Long expiresIn,
            @Nullable String description,
            @Nullable String reference) {

        Opening told() {
            if (userId == null || amount == null || description == null) {
                throw new IllegalArgumentException("user_id, amount and description are needed");
            }
            return new Opening(
                    userId,
                    Credits.ofDecimal(amount),
                    kind == null ? Escrow.Kind.APPLICATION : Escrow.Kind.of(kind),
                    lives(expiresIn),
                    description,
                    reference);
        }
    }

    record ExtendBody(
            @Nullable BigDecimal amount,
            @JsonProperty("expires_in") @Nullable Long expiresIn) {

        Extension told() {
            return new Extension(amount == null ? Credits.ZERO : Credits.ofDecimal(amount), lives(expiresIn));
        }
    }

    record SettleBody(
            @JsonProperty("settlement_id") @Nullable String settlementId,
            @Nullable BigDecimal amount,
            @Nullable String split,
            @JsonProperty("split_version") @Nullable Integer splitVersion,
            @JsonProperty("seller_id") @Nullable UUID sellerId,
            @Nullable Boolean last) {

        /** @param id where the application chose none */
        Sharing.Settle told(String id) {
            if (amount == null) {
                throw new IllegalArgumentException("amount is needed");
            }
            return new Sharing.Settle(
                    settlementId == null ? id : settlementId,
                    Credits.ofDecimal(amount),
                    split,
                    splitVersion,
                    sellerId,
                    Boolean.TRUE.equals(last));
        }
    }

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record HoldBody(
            UUID id,
            @JsonProperty("user_id") UUID userId,
            String kind,
            String application,
            String description,
            @Nullable String reference,
            String status,
            BigDecimal amount,
            BigDecimal settled,
            BigDecimal released,
            @JsonProperty("settled_late") BigDecimal settledLate,
            BigDecimal left,
            @JsonProperty("opened_at") long openedAt,
            @JsonProperty("expires_at") long expiresAt) {

        static HoldBody of(Escrow hold) {
            return new HoldBody(
                    hold.id(),
                    hold.person(),
                    hold.kind().wire(),
                    hold.application(),
                    hold.description(),
                    hold.reference(),
                    hold.status().wire(),
                    hold.amount().toDecimal(),
                    hold.settled().toDecimal(),
                    hold.released().toDecimal(),
                    hold.settledLate().toDecimal(),
                    hold.left().toDecimal(),
                    hold.openedAt().toEpochMilli(),
                    hold.expiresAt().toEpochMilli());
        }
    }

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record SettlementBody(
            String id,
            @JsonProperty("transfer_id") UUID transferId,
            BigDecimal amount,
            boolean late,
            @Nullable String split,
            @JsonProperty("split_version") @Nullable Integer splitVersion,
            @JsonProperty("seller_id") @Nullable UUID sellerId,
            Map<String, BigDecimal> parts) {

        static @Nullable SettlementBody of(@Nullable Settlement settlement) {
            return settlement == null
                    ? null
                    : new SettlementBody(
                            settlement.id(),
                            settlement.transfer(),
                            settlement.amount().toDecimal(),
                            settlement.late(),
                            settlement.split(),
                            settlement.splitVersion(),
                            settlement.seller(),
                            Map.of(
                                    "seller", settlement.sellerPart().toDecimal(),
                                    "platform", settlement.platformPart().toDecimal(),
                                    "reserve", settlement.reservePart().toDecimal()));
        }
    }

    /** @param settlement absent unless something was settled */
    record DoneBody(
            boolean success,
            HoldBody hold,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            SettlementBody settlement,

            BigDecimal credits,
            BigDecimal available) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record PageBody(List<HoldBody> holds, @Nullable UUID next) {}

    private static @Nullable Duration lives(@Nullable Long seconds) {
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    private EscrowBody() {}
}
