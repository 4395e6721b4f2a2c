package io.quotabank.pool.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ProviderSecretTests {

    private static final JsonMapper JSON = new JsonMapper();

    private record Holder(ProviderSecret apiKey) {}

    @Test
    void printsNothingOfItselfWhereverItIsPrinted() {
        var holder = JSON.readValue("{\"apiKey\": \"sk-very-secret\"}", Holder.class);

        assertThat(holder.toString() + List.of(holder) + "%s".formatted(holder.apiKey()))
                .doesNotContain("very")
                .contains("hidden");
        assertThat(holder.apiKey().lastFour()).isEqualTo("cret");
    }

    @Test
    void readsEscapedCharacters() {
        assertThat(JSON.readValue("{\"apiKey\": \"sk-\\u0041bcdefg\"}", Holder.class)
                        .apiKey()
                        .bytes())
                .asString()
                .isEqualTo("sk-Abcdefg");
    }

    @Test
    void isWipedWhenItIsClosed() {
        var secret = ProviderSecret.of("sk-very-secret");
        var bytes = secret.bytes();

        secret.close();

        assertThat(bytes).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1234567", "sk-with blank", "sk-with\nline", "sk-schlüssel"})
    void refusesWhatNoHeaderCanCarry(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ProviderSecret.of(text));
    }

    @Test
    void takesEightToFiveHundredAndTwelveCharacters() {
        assertThat(ProviderSecret.of("a".repeat(8)).bytes()).hasSize(8);
        assertThat(ProviderSecret.of("a".repeat(512)).bytes()).hasSize(512);
        assertThatIllegalArgumentException().isThrownBy(() -> ProviderSecret.of("a".repeat(513)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"apiKey\": 12345678}", "{\"apiKey\": [\"sk-very-secret\"]}", "{\"apiKey\": true}"})
    void isAStringOrNothing(String body) {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> JSON.readValue(body, Holder.class))
                .withMessageNotContaining("very");
    }
}
