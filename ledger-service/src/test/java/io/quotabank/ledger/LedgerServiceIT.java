package io.quotabank.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerServiceIT {

    @Test
    void startsOnAFreshDatabaseAndIsReady() {
        var ready = Ledger.shared().call("GET", "/actuator/health/readiness", null, "");
        assertThat(ready.status()).as(ready.raw().body()).isEqualTo(200);
        assertThat(ready.body().at("/components/db/status").asString()).isEqualTo("UP");
    }

    @Test
    void letsNobodyInWithoutAToken() {
        assertThat(Ledger.shared()
                        .call("GET", "/api/ledger/reconciliation", null, "")
                        .status())
                .isEqualTo(401);
    }
}
