package io.quotabank.pool.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PriceTableTests {

    private static final Map<String, Integer> MARKUP = Map.of("bronze", 13_000, "silver", 12_000, "gold", 10_000);

    @Test
    void hasNoFaultAtListPriceAndAbove() {
        assertThat(fault(MARKUP, model("m", "0", "0.6", "openai"))).isEmpty();
    }

    @Test
    void isRefusedBelowListPriceWithTheSum() {
        assertThat(fault(Map.of("bronze", 13_000, "silver", 12_000, "gold", 9_999), model("m", "1", "1", "openai")))
                .contains("tier gold would sell below what the platform paid: 1 USD of list price costs 100 credits,"
                        + " 9999 basis points of it sell it for 99.99, a loss of 0.01");
    }

    @Test
    void isRefusedWithANegativePrice() {
        assertThat(fault(MARKUP, model("m", "-0.000001", "1", "openai"))).contains("m has a negative price: -0.000001");
    }

    @Test
    void isRefusedWithoutATier() {
        assertThat(fault(Map.of("bronze", 13_000, "silver", 12_000), model("m", "1", "1", "openai")))
                .contains("tier gold has no mark-up");
    }

    @Test
    void isRefusedWithAModelTwiceOrNone() {
        var model = model("m", "1", "1", "openai");
        assertThat(fault(MARKUP, model, model)).contains("m is listed twice");
        assertThat(fault(MARKUP)).contains("the table has no model");
    }

    @Test
    void isRefusedWithAProviderThatIsNotKnown() {
        assertThat(fault(MARKUP, model("m", "1", "1", "nobody"))).contains("m names the unknown provider nobody");
        assertThat(fault(MARKUP, model("m", "1", "1"))).contains("m has no provider");
    }

    @Test
    void isRefusedWithALongestOutputThatDoesNotFitWhatTheModelIsFor() {
        assertThat(fault(MARKUP, of(Mode.EMBEDDING, 0))).isEmpty();
        assertThat(fault(MARKUP, of(Mode.EMBEDDING, 1))).contains("has a longest output other than 0");
        assertThat(fault(MARKUP, of(Mode.COMPLETION, 1_000))).isEmpty();
        assertThat(fault(MARKUP, of(Mode.COMPLETION, 0))).contains("has a longest output outside 1 to its context");
        assertThat(fault(MARKUP, of(Mode.CHAT, 1_001))).contains("has a longest output outside 1 to its context");
    }

    private static Model of(Mode mode, long longest) {
        var price = new Price(BigDecimal.ONE, BigDecimal.ZERO, null, null, null, null);
        return new Model("m", "m", "x", List.of("openai"), Map.of(), "o", 1_000, longest, List.of("text"), price, mode);
    }

    private static String fault(Map<String, Integer> markup, Model... models) {
        return new PriceTable(markup, List.of(models)).fault(Set.of("openai")).orElse("");
    }

    private static Model model(String name, String input, String output, String... providers) {
        var price = new Price(new BigDecimal(input), new BigDecimal(output), null, null, null, null);
        return new Model(
                name, name, "x", List.of(providers), Map.of(), "o200k_base", 1_000, 1_000, List.of("text"), price);
    }
}
