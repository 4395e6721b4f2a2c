package io.quotabank.risk.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A finding as owners and administrators see it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record FindingView(
        UUID id,
        @Nullable UUID keyId,
        @Nullable UUID ownerId,
        Kind kind,
        String provider,
        @Nullable String host,
        Instant detectedAt,
        String sentence,
        Map<String, BigDecimal> evidence,
        Action action) {

    static FindingView of(FindingRecord found) {
        return new FindingView(
                found.findingId(),
                found.keyId(),
                found.ownerId(),
                found.kind(),
                found.provider(),
                found.host(),
                Instant.ofEpochMilli(found.detectedAtMs()),
                found.sentence(),
                new TreeMap<>(found.evidence()),
                found.action());
    }
}
