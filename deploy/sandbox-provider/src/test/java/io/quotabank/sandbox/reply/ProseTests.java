package io.quotabank.sandbox.reply;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingType;
import io.quotabank.sandbox.token.Piece;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProseTests {

    private final Prose prose = new Prose();

    @ParameterizedTest
    @EnumSource(names = {"O200K_BASE", "CL100K_BASE"})
    void isAsManyTokensAsItSaysFromEverySentenceAtEveryLength(EncodingType type) {
        var encoding = Encodings.newLazyEncodingRegistry().getEncoding(type);
        for (var sentence = 0; sentence < 10; sentence++) {
            for (var tokens = 1; tokens <= 200; tokens++) {
                var reply = prose.cutTo(tokens, sentence);
                assertThat(reply.tokens()).isEqualTo(tokens);
                assertThat(reply.pieces()).hasSize(tokens);
                assertThat(encoding.countTokensOrdinary(text(reply))).isEqualTo(tokens);
            }
            var whole = prose.whole(sentence);
            assertThat(encoding.countTokensOrdinary(text(whole)))
                    .isEqualTo(whole.tokens())
                    .isBetween(64, 90);
            assertThat(text(whole)).matches("[A-Z][A-Za-z ,.]+\\.");
        }
    }

    private static String text(Reply reply) {
        return reply.pieces().stream().map(Piece::escaped).collect(Collectors.joining());
    }
}
