package io.quotabank.sandbox.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.io.JsonStringEncoder;

/** Tokens by o200k_base, the encoding of OpenAI's models since 2024, whatever the model. Safe for many threads. */
public final class Tokenizer {

    /** The last of the vocabulary's ordinary tokens, all of which have a text. */
    public static final int LAST_ID = 199_997;

    /** Remembered texts, in characters: repeated prompts are counted once. */
    private static final long REMEMBERED_CHARACTERS = 2_000_000;

    /** Longer texts are counted in slices: the encoder's memory grows with what it is given at once. */
    private static final int SLICE = 16_384;

    private static final int CHARACTER_COST_OF_AN_ENTRY = 100;

    private final Encoding encoding;
    private final Cache<String, Integer> counts = Caffeine.newBuilder()
            .maximumWeight(REMEMBERED_CHARACTERS)
            .weigher((String text, Integer count) -> text.length() + CHARACTER_COST_OF_AN_ENTRY)
            .executor(Runnable::run)
            .build();

    private Tokenizer(Encoding encoding) {
        this.encoding = encoding;
    }

    /** Reads the vocabulary, which takes a third of a second. */
    public static Tokenizer load() {
        return new Tokenizer(Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE));
    }

    /**
     * Length in tokens; what looks like a special token is counted as ordinary text. Exact, unless 16,384 characters
     * pass without a space between two words: such a text may count a few tokens more.
     */
    public int count(String text) {
        return counts.get(text, this::countSlices);
    }

    private int countSlices(String text) {
        var tokens = 0;
        var from = 0;
        while (text.length() - from > SLICE) {
            var cut = cut(text, from, from + SLICE);
            tokens += encoding.countTokensOrdinary(text.substring(from, cut));
            from = cut;
        }
        return tokens + encoding.countTokensOrdinary(text.substring(from));
    }

    /** The last place before the limit that no token reaches across: between a word and the space before the next. */
    private static int cut(String text, int from, int limit) {
        for (var at = limit - 1; at > from; at--) {
            if (text.charAt(at) == ' '
                    && Character.isLetter(text.charAt(at - 1))
                    && Character.isLetter(text.charAt(at + 1))) {
                return at;
            }
        }
        return Character.isLowSurrogate(text.charAt(limit)) ? limit - 1 : limit;
    }

    /** Splits at tokens, but never inside a character. */
    public List<Piece> split(String text) {
        var tokens = encoding.encodeOrdinary(text);
        var pieces = new ArrayList<Piece>(tokens.size());
        var pending = new IntArrayList();
        for (var i = 0; i < tokens.size(); i++) {
            pending.add(tokens.get(i));
            var bytes = encoding.decodeBytes(pending);
            try {
                var whole = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
                pieces.add(new Piece(escape(whole), pending.size()));
                pending = new IntArrayList();
            } catch (CharacterCodingException endsInsideACharacter) {
                // The piece goes on.
            }
        }
        return pieces;
    }

    /**
     * The text that tokens stand for; what they have of characters that they don't complete is replaced.
     *
     * @param ids from 0 to {@link #LAST_ID}
     */
    public String text(int[] ids) {
        var tokens = new IntArrayList(ids.length);
        for (var id : ids) {
            tokens.add(id);
        }
        return encoding.decode(tokens);
    }

    /** Text as it stands inside a JSON string. */
    public static String escape(CharSequence text) {
        return String.valueOf(JsonStringEncoder.getInstance().quoteAsCharArray(text));
    }
}
