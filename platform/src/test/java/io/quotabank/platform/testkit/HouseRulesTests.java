package io.quotabank.platform.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HouseRulesTests {

    private static final String PLANTED = "io.quotabank.planted";

    /** What each rule is to find among the planted classes. */
    private static final Map<String, String> BITES = Map.ofEntries(
            Map.entry("packages by feature", "util.Strings"),
            Map.entry("features are flat", "feature.deeper.Inner"),
            Map.entry("names without noise", "feature.OrderManager"),
            Map.entry("settings are records", "feature.OrderProperties"),
            Map.entry("insiders stay inside", "feature.OrderController"),
            Map.entry("few public types", "crowd.Face1"),
            Map.entry("null-marked packages", "unmarked.Unmarked"),
            Map.entry("no field injection", "feature.OrderController.injected"),
            Map.entry("optional only as an answer", "feature.OrderController.maybe"),
            Map.entry("time and ids come from outside", "java.util.UUID.randomUUID"),
            Map.entry("no standard streams", "feature.OrderController.now"),
            Map.entry("one logger", "feature.OrderController"),
            Map.entry("loggers are constants", "feature.OrderController.log"));

    static Set<String> rules() {
        return HouseRules.RULES.keySet();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void findsWhatWasPlantedAndNothingInWhatIsGood(String rule) {
        var planted = HouseRules.RULES.get(rule).evaluate(new ClassFileImporter().importPackages(PLANTED));
        assertThat(planted.getFailureReport().getDetails())
                .anySatisfy(violation -> assertThat(violation).contains(BITES.get(rule)))
                .noneSatisfy(violation -> assertThat(violation).contains("planted.good.Orders"));
    }

    @Test
    void followsItsOwnRules() {
        assertThat(BITES.keySet()).isEqualTo(rules());
        HouseRules.checkPackage("io.quotabank.platform");
    }

    @Test
    void refusesToCheckNothing() {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> HouseRules.checkPackage("io.quotabank.nowhere"));
    }
}
