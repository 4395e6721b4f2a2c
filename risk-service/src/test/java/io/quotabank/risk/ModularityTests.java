package io.quotabank.risk;

import io.quotabank.platform.testkit.HouseRules;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModularityTests {

    @Test
    void featuresUseOnlyWhatTheyDeclare() {
        ApplicationModules.of(RiskService.class).verify();
    }

    @Test
    void followsTheRulesOfTheHouse() {
        HouseRules.check(RiskService.class);
    }
}
