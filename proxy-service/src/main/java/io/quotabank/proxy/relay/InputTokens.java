package io.quotabank.proxy.relay;

import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.metering.ChatInput;
import io.quotabank.proxy.metering.Tokenizers.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A request's input tokens: bounded by its bytes at once, counted only when that is needed. */
final class InputTokens {

    private static final byte[] IMAGE_URL = "image_url".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FILE_ID = "file_id".getBytes(StandardCharsets.US_ASCII);

    // 10 tokens a second of audio, and no codec in use goes below a kilobyte a second.
    private static final int AUDIO_BYTES_PER_TOKEN = 64;

    private final byte[] body;
    private final Tokenizer tokenizer;
    private final long contextTokens;
    private final int imageTokens;
    private @Nullable ChatInput counted;

    InputTokens(byte[] body, Tokenizer tokenizer, PricedModel price, int imageTokens) {
        this.body = body;
        this.tokenizer = tokenizer;
        this.contextTokens = price.model().contextTokens();
        this.imageTokens = imageTokens;
    }

    /** No text has more tokens than bytes; what is attached by address may have more than its address has. */
    long bound() {
        if (occurrences(FILE_ID) > 0) {
            return contextTokens;
        }
        // A part that is an image names itself twice: as its type and as its member.
        long images = (occurrences(IMAGE_URL) + 1L) / 2;
        return Math.min(contextTokens, body.length + images * imageTokens);
    }

    /** So many, or the bound where it is lower. */
    long atMost(long tokens) {
        return tokens <= Math.min(contextTokens, body.length) ? tokens : Math.min(tokens, bound());
    }

    /** By the tokenizer, media at their flat bounds: never below what the provider counts, and much nearer. */
    long tightBound() {
        var input = counted();
        if (input.files() > 0) {
            return contextTokens;
        }
        long media = (long) input.images() * imageTokens + input.audioBytes() / AUDIO_BYTES_PER_TOKEN;
        return Math.min(contextTokens, input.tokens() + media);
    }

    /** What is billed where the provider reports nothing: text only, for of media nothing is known. */
    long count() {
        return counted().tokens();
    }

    private ChatInput counted() {
        var known = counted;
        if (known == null) {
            known = ChatInput.of(body, tokenizer);
            counted = known;
        }
        return known;
    }

    private int occurrences(byte[] text) {
        int found = 0;
        for (int i = 0; i + text.length <= body.length; i++) {
            if (body[i] == text[0] && Arrays.equals(body, i, i + text.length, text, 0, text.length)) {
                found++;
            }
        }
        return found;
    }
}
