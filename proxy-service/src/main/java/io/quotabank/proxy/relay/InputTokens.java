package io.quotabank.proxy.relay;

import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.metering.ChatInput;
import io.quotabank.proxy.metering.Tokenizers.Tokenizer;
import org.jspecify.annotations.Nullable;

/** A request's input tokens: bounded by its bytes at once, counted only when that is needed. */
final class InputTokens {

    // At most 32 tokens a second of audio, and no codec in use goes below 750 bytes a second, 1,000 as Base64.
    private static final int AUDIO_CHARACTERS_PER_TOKEN = 16;

    private final byte[] body;
    private final Attachments attachments;
    private final Tokenizer tokenizer;
    private final long contextTokens;
    private final int imageTokens;
    private @Nullable ChatInput counted;

    InputTokens(ChatBody body, Tokenizer tokenizer, PricedModel price, int imageTokens) {
        this.body = body.bytes();
        this.attachments = body.attachments;
        this.tokenizer = tokenizer;
        this.contextTokens = price.model().contextTokens();
        this.imageTokens = imageTokens;
    }

    /** No text has more tokens than bytes, nor has audio; what else is attached may have more. */
    long bound() {
        return attachments.opaque()
                ? contextTokens
                : Math.min(contextTokens, body.length + (long) attachments.images() * imageTokens);
    }

    /** So many, or the bound where it is lower. */
    long atMost(long tokens) {
        return tokens <= Math.min(contextTokens, body.length) ? tokens : Math.min(tokens, bound());
    }

    /** By the tokenizer, media at their flat bounds: never below what the provider counts, and much nearer. */
    long tightBound() {
        if (attachments.opaque()) {
            return contextTokens;
        }
        long images = (long) attachments.images() * imageTokens;
        long audio = attachments.audioCharacters() / AUDIO_CHARACTERS_PER_TOKEN;
        return Math.min(bound(), counted().tokens() + images + audio + attachments.otherBytes());
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
}
