package io.quotabank.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PromQlTests {

    private static final Map<String, Set<String>> EXPOSED = PromQl.exposed(List.of("""
            # HELP relay_seconds relayed requests
            # TYPE relay_seconds histogram
            relay_seconds_bucket{application="gateway",outcome="answered",le="0.5"} 3
            relay_seconds_count{application="gateway",outcome="a \\"b\\", c=\\"d\\""} 3.0
            recording 1.0
            """));

    @Test
    void knowsWhatIsExposedByNameAndLabel() {
        assertThat(EXPOSED)
                .containsOnlyKeys("relay_seconds_bucket", "relay_seconds_count", "recording")
                .containsEntry("relay_seconds_count", Set.of("application", "outcome"))
                .containsEntry("recording", Set.of());
    }

    @Test
    void findsEachNameInAnExpression() {
        var query = PromQl.of(
                "histogram_quantile(0.95, sum by (le, outcome) (rate(relay_seconds_bucket{outcome=~\"a|b\"}"
                        + "[$__rate_interval]))) > 10 and on (application) recording < 1 or max(up{job=\"quotabank\"}) == 0");

        assertThat(query.selectors()).containsOnlyKeys("relay_seconds_bucket", "recording", "up");
        assertThat(query.selectors()).containsEntry("relay_seconds_bucket", Set.of("outcome"));
        assertThat(query.grouped()).containsExactlyInAnyOrder("le", "outcome", "application");
        assertThat(query.unknown(EXPOSED)).isEmpty();
    }

    @Test
    void objectsToWhatNobodyExposes() {
        assertThat(PromQl.of("sum(rate(relay_second_count[5m]))").unknown(EXPOSED))
                .containsExactly("no metric relay_second_count");
        assertThat(PromQl.of("relay_seconds_count{outcom=\"answered\"}").unknown(EXPOSED))
                .containsExactly("no label outcom of relay_seconds_count");
        assertThat(PromQl.of("sum by (model) (relay_seconds_count)").unknown(EXPOSED))
                .containsExactly("no label model");
        assertThat(PromQl.of("1 + 1").unknown(EXPOSED)).containsExactly("no metric at all");
    }

    @Test
    void eachAlertHasItsEntryInTheRunBookAndEachEntryAnAlert() throws IOException {
        var headings = Files.readString(Watched.ROOT.resolve("docs/operations.md"))
                .lines()
                .filter(line -> line.startsWith("### "))
                .map(line -> line.substring(4))
                .toList();

        assertThat(Watched.alerts()).isNotEmpty().allSatisfy(alert -> {
            var name = alert.path("alert").asString();
            assertThat(alert.path("annotations").path("runbook").asString())
                    .isEqualTo("docs/operations.md#" + name.toLowerCase(Locale.ROOT));
            assertThat(alert.path("annotations").path("summary").asString()).isNotBlank();
            assertThat(alert.path("labels").path("severity").asString()).isIn("page", "ticket");
        });
        assertThat(Watched.alerts().stream().map(alert -> alert.path("alert").asString()))
                .containsExactlyInAnyOrderElementsOf(headings);
    }
}
