package io.quotabank.sandbox.openai;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTests {

    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "1,1ms",
        "999000000,999ms",
        "999000001,1s",
        "8640000000,8.64s",
        "59999000000,59.999s",
        "60000000000,1m0s",
        "359100000000,6m0s",
        "3661000000000,1h1m1s"
    })
    void readsLikeOpenAis(long nanos, String text) {
        assertThat(Durations.text(nanos)).isEqualTo(text);
    }
}
