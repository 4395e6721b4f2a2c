package io.quotabank.ledger;

import io.quotabank.platform.testkit.HouseRules;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModularityTests {

    @Test
    void featuresDependOnlyOnWhatTheyDeclare() {
        ApplicationModules.of(LedgerService.class).verify();
    }

    @Test
    void keepsTheRulesOfTheHouse() {
        HouseRules.check(LedgerService.class);
    }
}
