package io.quotabank.sandbox.served;

import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One answer in the log, while it is being sent and after. Guarded by its log. */
public final class ServedRequest {

    /** Reused for another request once closed and forgotten: at thousands a second the log makes no garbage. */
    Served.@Nullable Totals totals;

    long idHigh;
    long idLow;
    String operation = "";
    String model = "";
    long startedAtMs;
    int promptTokens;
    int cachedTokens;
    int completionTokens;
    boolean open;
    boolean finished;
    private long clientHigh;
    private long clientLow;
    private @Nullable String clientText;

    ServedRequest() {}

    /** Clients mostly send UUIDs, which are kept as two numbers: a third of the memory. */
    void clientRequestId(@Nullable String id) {
        var uuid = id == null ? null : canonicalUuid(id);
        clientText = uuid == null ? id : null;
        clientHigh = uuid == null ? 0 : uuid.getMostSignificantBits();
        clientLow = uuid == null ? 0 : uuid.getLeastSignificantBits();
    }

    @Nullable
    String clientRequestId() {
        return clientText == null && (clientHigh | clientLow) != 0
                ? new UUID(clientHigh, clientLow).toString()
                : clientText;
    }

    private static @Nullable UUID canonicalUuid(String id) {
        if (id.length() != 36) {
            return null;
        }
        try {
            var uuid = UUID.fromString(id);
            var nil = (uuid.getMostSignificantBits() | uuid.getLeastSignificantBits()) == 0;
            return !nil && uuid.toString().equals(id) ? uuid : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** The provider's id of a request: 128 random bits. */
    public record RequestId(long high, long low) {

        /** As sent in x-request-id. */
        public String text() {
            var hex = HexFormat.of();
            return "req_" + hex.toHexDigits(high) + hex.toHexDigits(low);
        }
    }
}
