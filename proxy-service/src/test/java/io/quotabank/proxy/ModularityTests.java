package io.quotabank.proxy;

import io.quotabank.platform.testkit.HouseRules;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModularityTests {

    @Test
    void featuresDependOnlyOnWhatTheyAllow() {
        ApplicationModules.of(ProxyService.class).verify();
    }

    @Test
    void codeFollowsTheRulesOfTheHouse() {
        HouseRules.check(ProxyService.class);
    }
}
