package io.quotabank.proxy.metering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class ReceivedTextProperties {

    private static final Tokenizers TOKENIZERS = new Tokenizers();

    @Property(tries = 200)
    void countsInPiecesWhatItWouldCountAtOnce(
            @ForAll("texts") List<String> pieces, @ForAll @IntRange(min = 1, max = 20) int askEvery) {
        var tokenizer = TOKENIZERS.named("o200k_base");
        var received = new ReceivedText(tokenizer);
        for (int i = 0; i < pieces.size(); i++) {
            received.add(0, ReceivedText.Kind.CONTENT, pieces.get(i));
            if (i % askEvery == 0) {
                received.tokens();
            }
        }

        assertThat(received.tokens()).isEqualTo(tokenizer.count(String.join("", pieces)));
    }

    @Provide
    Arbitrary<List<String>> texts() {
        return Arbitraries.of(
                        " the",
                        " quick",
                        "brown",
                        " fox",
                        ".",
                        "\n",
                        "  ",
                        " 12",
                        "34",
                        " don't",
                        " CamelCase",
                        "漢字",
                        " naïve",
                        "🦀",
                        " {\"a\":",
                        "1}",
                        "ing",
                        " e")
                .list()
                .ofMinSize(1)
                .ofMaxSize(600);
    }
}
