package io.quotabank.gateway;

import io.quotabank.platform.testkit.HouseRules;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModularityTests {

    @Test
    void featuresUseOnlyWhatTheySay() {
        ApplicationModules.of(GatewayService.class).verify();
    }

    @Test
    void keepsTheRulesOfTheHouse() {
        HouseRules.check(GatewayService.class);
    }
}
