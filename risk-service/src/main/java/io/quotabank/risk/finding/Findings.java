package io.quotabank.risk.finding;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.platform.id.Ids;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
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
    private final MeterRegistry meters;
    private final Ids ids;

    Findings(FindingStore store, ApplicationEventPublisher events, MeterRegistry meters, Ids ids) {
        this.store = store;
        this.events = events;
        this.meters = meters;
        this.ids = ids;
    }

    @Transactional(propagation = Propagation.MANDATORY)
    public void raise(Subject subject, Draft draft) {
        var found = new FindingRecord(
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
        store.insert(found);
        events.publishEvent(found);
        meters.counter("quotabank.risk.findings", "kind", draft.kind().wire()).increment();
        LOG.info("found {} of {}: {}", draft.kind().wire(), what(subject), draft.sentence());
    }

    private static String what(Subject subject) {
        return subject.keyId() == null ? "host " + subject.host() : "key " + subject.keyId();
    }
}
