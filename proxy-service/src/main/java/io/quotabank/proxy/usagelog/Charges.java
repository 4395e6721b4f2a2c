package io.quotabank.proxy.usagelog;

import io.quotabank.contracts.charge.LedgerCharges;
import io.quotabank.contracts.charge.LedgerCharges.Charge;
import io.quotabank.contracts.charge.LedgerCharges.Wish;
import io.quotabank.contracts.money.Credits;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.client.circuitbreaker.CircuitBreaker;
import org.springframework.cloud.client.circuitbreaker.CircuitBreakerFactory;
import org.springframework.stereotype.Component;

/** What the ledger charged for requests; nothing is known of any while it does not answer. */
@Component
class Charges {

    private static final Logger log = LoggerFactory.getLogger(Charges.class);

    private final LedgerCharges ledger;
    private final CircuitBreaker breaker;

    Charges(LedgerCharges ledger, CircuitBreakerFactory<?, ?> breakers) {
        this.ledger = ledger;
        this.breaker = breakers.create("ledger-charges");
    }

    /** Those that are not settled are not in it. */
    Map<UUID, Credits> of(List<UUID> requests) {
        if (requests.isEmpty()) {
            return Map.of();
        }
        var charges = breaker.run(() -> ledger.charges(new Wish(requests)), away -> {
            log.warn("the ledger does not tell charges: {}", away.toString());
            return List.<Charge>of();
        });
        return Objects.requireNonNull(charges).stream().collect(Collectors.toMap(Charge::requestId, Charge::charge));
    }
}
