package io.quotabank.proxy.metering;

import io.quotabank.proxy.metering.Tokenizers.Tokenizer;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The text that has arrived from a provider for one request, kept only until it is counted: its length is bounded by
 * counting and dropping whole words once a part holds {@value #MOST_KEPT} characters. Not for use by several threads.
 */
public final class ReceivedText {

    /** Parts of one choice that are generated, and so counted, each on its own. */
    enum Kind {
        CONTENT(0),
        REASONING(1),
        TOOL(2);

        private final int place;

        Kind(int place) {
            this.place = place;
        }
    }

    static final int MOST_KEPT = 8192;

    // A running stream is counted each second: what was counted before should not be counted again and again.
    private static final int MOST_RECOUNTED = 64;

    private static final int KINDS = Kind.values().length;

    private final Tokenizer tokenizer;
    private final IntFunction<@Nullable String> repeated;
    private @Nullable Part[] parts = new @Nullable Part[KINDS];
    private long characters;

    public ReceivedText(Tokenizer tokenizer) {
        this(tokenizer, choice -> null);
    }

    /** @param repeated the text that a choice is to begin with and that was not generated; null for none */
    public ReceivedText(Tokenizer tokenizer, IntFunction<@Nullable String> repeated) {
        this.tokenizer = tokenizer;
        this.repeated = repeated;
    }

    void add(int choice, Kind kind, String text) {
        if (text.isEmpty()) {
            return;
        }
        int at = choice * KINDS + kind.place;
        if (at >= parts.length) {
            parts = Arrays.copyOf(parts, Math.max(at + 1, 2 * parts.length));
        }
        var part = parts[at];
        if (part == null) {
            part = new Part(tokenizer, kind == Kind.CONTENT ? repeated.apply(choice) : null);
            parts[at] = part;
        }
        characters += part.add(text);
    }

    /** True once there was at least one character. */
    public boolean isPresent() {
        return characters > 0;
    }

    /** Characters received so far. */
    public long characters() {
        return characters;
    }

    /** Output tokens received so far, by the model's tokenizer. */
    public long tokens() {
        long sum = 0;
        for (var part : parts) {
            sum += part == null ? 0 : part.tokens();
        }
        return sum;
    }

    /** Those of {@link #tokens} that are reasoning. */
    public long reasoningTokens() {
        long sum = 0;
        for (int i = Kind.REASONING.place; i < parts.length; i += KINDS) {
            var part = parts[i];
            sum += part == null ? 0 : part.tokens();
        }
        return sum;
    }

    private static final class Part {
        private final Tokenizer tokenizer;
        private final StringBuilder rest = new StringBuilder();
        private @Nullable String repeated;
        private int matched;
        private long counted;

        Part(Tokenizer tokenizer, @Nullable String repeated) {
            this.tokenizer = tokenizer;
            this.repeated = repeated;
        }

        /** The characters of it that were generated. */
        int add(String text) {
            var generated = repeated == null ? text : generated(text, repeated);
            rest.append(generated);
            if (rest.length() > MOST_KEPT) {
                countWholeWords();
            }
            return generated.length();
        }

        /** What is left of a text after what only repeats; all that came, once it is found not to repeat. */
        private String generated(String text, String expected) {
            int length = Math.min(text.length(), expected.length() - matched);
            if (expected.startsWith(text.substring(0, length), matched)) {
                matched += length;
                repeated = matched == expected.length() ? null : expected;
                return text.substring(length);
            }
            repeated = null;
            return expected.substring(0, matched) + text;
        }

        long tokens() {
            if (rest.length() > MOST_RECOUNTED) {
                countWholeWords();
            }
            return counted + tokenizer.count(rest.toString());
        }

        // The tokenizers split text before a space between two letters, whatever stands around: counts add up there.
        private void countWholeWords() {
            for (int i = rest.length() - 2; i > 0; i--) {
                if (rest.charAt(i) == ' '
                        && Character.isLetter(rest.charAt(i - 1))
                        && Character.isLetter(rest.charAt(i + 1))) {
                    countUpTo(i);
                    return;
                }
            }
            if (rest.length() > MOST_KEPT) {
                // Text without spaces (Chinese, data): a cut may split one token in two, never more.
                countUpTo(Character.isHighSurrogate(rest.charAt(MOST_KEPT - 1)) ? MOST_KEPT - 1 : MOST_KEPT);
                counted--;
            }
        }

        private void countUpTo(int index) {
            counted += tokenizer.count(rest.substring(0, index));
            rest.delete(0, index);
        }
    }
}
