package io.quotabank.proxy.journal;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record for {@code usage.v1}.
 *
 * @param event JSON of a usage event
 * @param type its CloudEvents type
 */
// Never compared, and nothing writes into the array.
@SuppressWarnings("ArrayRecordComponent")
record UsageMessage(
        UUID id,
        UUID userId,
        String type,
        long timeMs,
        @Nullable String traceparent,
        byte[] event) {}
