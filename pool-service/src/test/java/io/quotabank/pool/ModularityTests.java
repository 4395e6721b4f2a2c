package io.quotabank.pool;

import io.quotabank.platform.testkit.HouseRules;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModularityTests {

    @Test
    void featuresUseOnlyWhatTheyDeclare() {
        ApplicationModules.of(PoolService.class).verify();
    }

    @Test
    void followsTheRulesOfTheHouse() {
        HouseRules.check(PoolService.class);
    }
}
