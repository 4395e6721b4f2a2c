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

    @Property
    void countsNothingOfAPromptThatComesBackHoweverItIsCut(
            @ForAll("phrases") String prompt, @ForAll("phrases") String answer, @ForAll @IntRange(max = 40) int at) {
        var received = new ReceivedText(String::length, choice -> choice == 1 ? prompt : null);
        var whole = prompt + answer;
        int cut = Math.min(at, whole.length());
        received.add(1, ReceivedText.Kind.CONTENT, whole.substring(0, cut));
        received.add(1, ReceivedText.Kind.CONTENT, whole.substring(cut));
        received.add(0, ReceivedText.Kind.CONTENT, prompt);

        assertThat(received.tokens()).isEqualTo(answer.length() + prompt.length());
        assertThat(received.characters()).isEqualTo(answer.length() + prompt.length());
    }

    @Property
    void countsEverythingOfWhatIsNoCopyOfThePrompt(@ForAll("phrases") String prompt, @ForAll("phrases") String answer) {
        var received = new ReceivedText(String::length, choice -> prompt + "!");
        received.add(0, ReceivedText.Kind.CONTENT, prompt);
        received.add(0, ReceivedText.Kind.CONTENT, "?" + answer);

        assertThat(received.tokens()).isEqualTo(prompt.length() + 1 + answer.length());
    }

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
    Arbitrary<String> phrases() {
        return Arbitraries.of("a", "b", " ", "漢", "🦀")
                .list()
                .ofMinSize(1)
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
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
