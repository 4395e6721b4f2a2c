package io.quotabank.proxy.accesskey;

import io.quotabank.contracts.cap.LedgerCaps;
import io.quotabank.contracts.cap.LedgerCaps.Spent;
import io.quotabank.contracts.cap.LedgerCaps.Wish;
import io.quotabank.contracts.money.Credits;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.circuitbreaker.CircuitBreaker;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.stereotype.Component;

/** What keys with a cap have spent, by the ledger; nothing is known of any while it does not answer. */
@Component("accessKeySpendings")
class Spendings {

    /**
     * In credits.
     *
     * @param today charged to leases that opened in this UTC day
     * @param month charged to leases that opened in this UTC month
     * @param held reserved and not charged yet
     */
    record Spending(BigDecimal total, BigDecimal today, BigDecimal month, BigDecimal held) {

        private static final Spending NOTHING =
                new Spending(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

        private static Spending of(Spent spent) {
            return new Spending(
                    decimal(spent.total()), decimal(spent.today()), decimal(spent.month()), decimal(spent.held()));
        }

        private static BigDecimal decimal(Credits credits) {
            return credits.toDecimal();
        }
    }

    private static final Logger log = LoggerFactory.getLogger(Spendings.class);

    private final LedgerCaps ledger;
    private final CircuitBreaker breaker;

    Spendings(LedgerCaps ledger, CircuitBreakerFactory<?, ?> breakers) {
        this.ledger = ledger;
        this.breaker = breakers.create("ledger-caps");
    }

    /** Of those with a cap, by their ids. */
    Map<UUID, Spending> of(List<AccessKey> keys) {
        var capped = keys.stream()
                .filter(key -> key.spendingCap() != null)
                .map(AccessKey::id)
                .toList();
        if (capped.isEmpty()) {
            return Map.of();
        }
        return Objects.requireNonNull(breaker.run(() -> told(capped), away -> {
            log.warn("the ledger does not tell what keys have spent: {}", away.toString());
            return Map.of();
        }));
    }

    private Map<UUID, Spending> told(List<UUID> capped) {
        var told = ledger.spent(new Wish(capped)).stream().collect(Collectors.toMap(Spent::accessKeyId, Spending::of));
        return capped.stream()
                .collect(Collectors.toMap(Function.identity(), id -> told.getOrDefault(id, Spending.NOTHING)));
    }
}
