package io.quotabank.risk.burst;

import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.risk.burst.BurstStore.Sum;
import io.quotabank.risk.finding.Findings;
import io.quotabank.risk.finding.Findings.Draft;
import io.quotabank.risk.finding.Findings.Subject;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Counts calls by host, and tells of hosts at which many keys fail at once. */
@Service
public class Bursts {

    /** One call: which key, where to, when, and whether it failed. */
    public record Call(UUID keyId, String provider, String host, Instant at, boolean failed) {}

    private final BurstStore store;
    private final Findings findings;
    private final BurstProperties properties;
    private final Clock clock;

    Bursts(BurstStore store, Findings findings, BurstProperties properties, Clock clock) {
        this.store = store;
        this.findings = findings;
        this.properties = properties;
        this.clock = clock;
    }

    /**
     * Counts calls in the caller's transaction, each of them once.
     *
     * @return the hosts that fail for many keys at once, or did and have not answered since, among those of calls that
     *     failed
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public Set<String> count(Collection<Call> calls) {
        store.add(calls);
        var failing = new HashSet<String>();
        calls.stream().filter(Call::failed).map(Call::host).distinct().sorted().forEach(host -> {
            var last = calls.stream()
                    .filter(call -> call.failed() && call.host().equals(host))
                    .max((one, other) -> one.at().compareTo(other.at()))
                    .orElseThrow();
            var sum = store.sum(host, last.at().minus(properties.window()), last.at());
            // Proxies ask a host that is out once a minute: too seldom for a burst to be seen by its numbers.
            if (isBurst(sum) || store.goesOn(host, last.at())) {
                failing.add(host);
                tell(last, sum);
            }
        });
        return failing;
    }

    private boolean isBurst(Sum sum) {
        return sum.keysFailing() >= properties.keys()
                && sum.failed() >= properties.failures()
                && sum.failed() >= properties.share() * sum.calls();
    }

    private void tell(Call last, Sum sum) {
        if (!store.tell(last.host(), last.at(), last.at().minus(properties.repeatAfter()))) {
            return;
        }
        var sentence =
                ("%d of %d calls to %s failed within %d min, with %d different keys. The fault is taken to be the"
                                + " provider's: no key is flagged for it.")
                        .formatted(
                                sum.failed(),
                                sum.calls(),
                                last.host(),
                                properties.window().toMinutes(),
                                sum.keysFailing());
        var evidence = Map.of(
                "failures", BigDecimal.valueOf(sum.failed()),
                "calls", BigDecimal.valueOf(sum.calls()),
                "keysFailing", BigDecimal.valueOf(sum.keysFailing()),
                "windowSeconds", BigDecimal.valueOf(properties.window().toSeconds()));
        findings.raise(
                new Subject(null, null, last.provider(), last.host()),
                new Draft(Kind.ERROR_BURST, Action.NONE, last.at(), sentence, evidence));
    }

    /** Forgets what no window reaches back to, for records that are an hour late as well. */
    @Transactional
    public void forget() {
        store.forgetBefore(clock.instant().minus(properties.window()).minus(BurstStore.LATEST));
    }
}
