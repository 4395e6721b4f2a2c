package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.FINISH;
import static io.quotabank.proxy.relay.Chats.MESSAGES;
import static io.quotabank.proxy.relay.Chats.delta;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.proxy.catalog.TestCatalog;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is reserved for a request, as its client is told. */
class ReservationTests {

    private static final String PREDICTION = "{\"type\":\"content\",\"content\":\"one two three\"}";

    @TempDir
    Path directory;

    @Test
    void reservesForEachChoiceAndForAPredictionThatNoneOfThemUses() throws Exception {
        var plain = "{\"model\":\"small\",\"stream\":true,\"max_tokens\":10,\"n\":3," + MESSAGES + "}";
        var predicted = plain.replace("\"n\":3", "\"n\":3,\"prediction\":" + PREDICTION);

        assertThat(reserved(plain)).isEqualTo(atMost(plain.length(), 30));
        assertThat(reserved(predicted)).isEqualTo(atMost(predicted.length(), 30 + 3L * PREDICTION.length()));
    }

    @Test
    void refusesWhatHasNoPriceBeforeAnythingIsSent() throws Exception {
        try (var stage = new RelayStage(directory)) {
            var refused = stage.chat("{\"model\":\"small\",\"web_search_options\":{}," + MESSAGES + "}");

            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body())
                    .contains("\"param\":\"web_search_options\"")
                    .contains("no price");
            assertThat(stage.provider.calls()).isEmpty();
            assertThat(stage.journal.nothingOpen()).isTrue();
        }
    }

    @Test
    void refusesAudioForAModelThatTakesNone() throws Exception {
        try (var stage = new RelayStage(directory)) {
            var refused = stage.chat("{\"model\":\"small\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":"
                    + "\"input_audio\",\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}}]}]}");

            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).contains("takes no audio");
            assertThat(stage.provider.calls()).isEmpty();
        }
    }

    private String reserved(String body) throws Exception {
        try (var stage = new RelayStage(directory.resolve(Integer.toString(body.length())))) {
            stage.provider.script(call -> {
                call.stream();
                call.data(delta("Hi"));
                call.data(FINISH);
                call.data("[DONE]");
                call.end();
            });
            return stage.chat(body).headers().firstValue("x-quotabank-reserved").orElseThrow();
        }
    }

    private static String atMost(long input, long output) {
        return TestCatalog.priced(RelayStage.MODEL)
                .atMost(input, output, 13_000)
                .toString();
    }
}
