package io.quotabank.sandbox.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTests {

    private static final Encoding REFERENCE =
            Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    private static final Tokenizer TOKENIZER = Tokenizer.load();

    @ParameterizedTest
    @ValueSource(strings = {"", "Hi there", "<|endoftext|>", "日本語 \uD83E\uDD77\uD83C\uDFFD e\u0301\n\t{\"a\":[1,2.5]}"})
    void countsAndSplitsAsTheEncodingDoes(String text) {
        var pieces = TOKENIZER.split(text);

        assertThat(TOKENIZER.count(text)).isEqualTo(REFERENCE.countTokensOrdinary(text));
        assertThat(pieces.stream().mapToInt(Piece::tokens).sum()).isEqualTo(REFERENCE.countTokensOrdinary(text));
        assertThat(pieces.stream().map(Piece::escaped).collect(Collectors.joining()))
                .isEqualTo(Tokenizer.escape(text));
    }

    @Test
    void countsLongTextsExactlyInSlices() {
        var words = "It's 12:30; we don't know   why (yet) naïve résumés, \"quoted\" 漢字 matter. ".repeat(1500);

        assertThat(words.length()).isGreaterThan(100_000);
        assertThat(TOKENIZER.count(words)).isEqualTo(REFERENCE.countTokensOrdinary(words));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "\n", "\uD83D\uDE00", "漢"})
    void countsTextsWithoutAnyPlaceToCutInLittleMemory(String unit) {
        var text = unit.repeat(1_000_000 / unit.length());

        var slices = Math.ceilDiv(text.length(), 16_384);
        var perSlice = REFERENCE.countTokensOrdinary(text.substring(0, 16_384));
        assertThat(TOKENIZER.count(text)).isBetween((slices - 1) * perSlice, slices * perSlice);
    }
}
