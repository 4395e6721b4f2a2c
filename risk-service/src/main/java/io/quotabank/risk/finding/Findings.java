package io.quotabank.risk.finding;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.platform.id.Ids;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** What was found. Each finding is kept and told in the transaction of whoever found it, so exactly once. */
@Service
public class Findings {

    /**
     * What the finding is about.
     *
     * @param keyId null where no key is to blame
     * @param ownerId null for a platform key
     */
    public record Subject(
            @Nullable UUID keyId,
            @Nullable UUID ownerId,
            String provider,
            @Nullable String host) {}

    /**
     * What is to be said of it.
     *
     * @param sentence for the owner: what happened, and what follows
     * @param evidence the numbers behind it, each name with its unit
     */
    public record Draft(
            Kind kind, Action action, Instant detectedAt, String sentence, Map<String, BigDecimal> evidence) {
        public Draft {
            evidence = Map.copyOf(evidence);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Findings.class);

    private final FindingStore store;
    private final ApplicationEventPublisher events;
    private final Map<Kind, Counter> found;
    private final Ids ids;

    Findings(FindingStore store, ApplicationEventPublisher events, MeterRegistry meters, Ids ids) {
        this.store = store;
        this.events = events;
        // There from the start: a rate of what appears with its first event misses that one.
        this.found = Arrays.stream(Kind.values())
                .collect(Collectors.toMap(
                        Function.identity(), kind -> meters.counter("quotabank.risk.findings", "kind", kind.wire())));
        this.ids = ids;
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void raise(Subject subject, Draft draft) {
        var finding = new FindingRecord(
                ids.next(),
                subject.keyId(),
                subject.ownerId(),
                draft.kind(),
                subject.provider(),
                subject.host(),
                draft.detectedAt().toEpochMilli(),
                draft.sentence(),
                draft.evidence(),
                draft.action());
        store.insert(finding);
        events.publishEvent(finding);
        Objects.requireNonNull(found.get(draft.kind())).increment();
        LOG.info("found {} of {}: {}", draft.kind().wire(), what(subject), draft.sentence());
    }

    private static String what(Subject subject) {
        return subject.keyId() == null ? "host " + subject.host() : "key " + subject.keyId();
    }
}
