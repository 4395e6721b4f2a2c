package io.quotabank.contracts.finding;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A value of {@code risk.findings.v1}, keyed by key id, or by host where no key is blamed. It may arrive twice:
 * deduplicate by {@code findingId}. It says nothing of who used a key.
 *
 * @param findingId a UUIDv7
 * @param keyId null where a provider is to blame and no key
 * @param ownerId null for a platform key, and where no key is blamed
 * @param provider the provider's name in the catalogue
 * @param host where the calls went, port included where it is not the usual one; null where it is not known
 * @param detectedAtMs milliseconds since 1970-01-01T00:00Z
 * @param sentence what happened and what follows, for the key's owner
 * @param evidence the numbers behind it; each name ends with its unit, but for plain counts
 * @param action what pool-service is to do about it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FindingRecord(
        UUID findingId,
        @Nullable UUID keyId,
        @Nullable UUID ownerId,
        Kind kind,
        String provider,
        @Nullable String host,
        long detectedAtMs,
        String sentence,
        Map<String, BigDecimal> evidence,
        Action action) {

    public static final String TOPIC = "risk.findings.v1";
    public static final String TYPE = "io.quotabank.risk.finding.v1";

    /** In {@link Action#COOL_DOWN}'s evidence: for how long. */
    public static final String COOL_DOWN_SECONDS = "coolDownSeconds";

    public FindingRecord {
        evidence = Map.copyOf(evidence);
        if (keyId == null && action != Action.NONE) {
            throw new IllegalArgumentException("nothing can be done about no key");
        }
        if (action == Action.COOL_DOWN && !evidence.containsKey(COOL_DOWN_SECONDS)) {
            throw new IllegalArgumentException("a cool-down lasts some time");
        }
    }

    /** What was found. */
    public enum Kind {
        /** Calls have failed one after another within the window. */
        FAILING,
        /** They have failed on and on, those that tried the key after each cool-down included. */
        FLAGGED,
        /** The provider says that nothing is left. */
        EXHAUSTED,
        /** The provider does not accept the key (401, 403). */
        INVALID,
        /** The provider refuses what the key is used for, in another way. */
        REFUSED,
        /** The balance at the provider fell by more than the platform used. */
        DILUTION,
        /** Many keys of one host fail at once. */
        ERROR_BURST;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is to be done. */
    public enum Action {
        /** Nothing by machine: administrators are told. */
        NONE,
        /** Leave the key alone for the time in the evidence, and verify it by real calls. */
        COOL_DOWN,
        /** Verify the key by real calls, at once. */
        VERIFY,
        /** Take the key as used up. */
        DEPLETE,
        /** Leave the key to a person. */
        FLAG;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
