package io.quotabank.risk.balance;

import io.quotabank.platform.id.Ids;
import io.quotabank.risk.balance.BalanceStore.Watch;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Looks at balances that are due, some at once. Any number of instances share them. */
@Component
class BalanceJob {

    private static final Logger LOG = LoggerFactory.getLogger(BalanceJob.class);

    private final Balances balances;
    private final BalanceStore store;
    private final BalanceProperties properties;
    private final Clock clock;
    private final Ids ids;

    BalanceJob(Balances balances, BalanceStore store, BalanceProperties properties, Clock clock, Ids ids) {
        this.balances = balances;
        this.store = store;
        this.properties = properties;
        this.clock = clock;
        this.ids = ids;
    }

    @Scheduled(fixedDelayString = "${quotabank.balance.poll:2s}", initialDelayString = "${quotabank.balance.poll:2s}")
    void lookAround() {
        store.add(properties.forms().keySet(), clock.instant());
        for (var due = claim(); !due.isEmpty(); due = claim()) {
            lookAt(due);
        }
    }

    private List<Watch> claim() {
        var now = clock.instant();
        return store.claim(ids.next(), now, now.plus(properties.claimFor()), properties.concurrency());
    }

    private void lookAt(List<Watch> due) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            due.forEach(watch -> threads.execute(() -> lookAt(watch)));
        }
    }

    private void lookAt(Watch watch) {
        try {
            balances.lookAt(watch);
        } catch (RuntimeException passing) {
            // The claim lapses, and somebody looks again.
            LOG.warn("looking at the balance of key {} failed: {}", watch.keyId(), passing.toString());
        }
    }
}
