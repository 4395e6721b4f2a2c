package io.quotabank.proxy.body;

import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.metering.Tokenizers.Tokenizer;

/** A request's input tokens: bounded by its bytes at once, counted only when that is needed. */
public final class InputTokens {

    // At most 32 tokens a second of audio, and no codec in use goes below 750 bytes a second, 1,000 as Base64.
    private static final int AUDIO_CHARACTERS_PER_TOKEN = 16;

    private final RequestBody body;
    private final int length;
    private final Attachments attachments;
    private final Tokenizer tokenizer;
    private final long contextTokens;
    private final int imageTokens;
    private long counted = -1;

    /** @param imageTokens the most that one image is expected to cost */
    public InputTokens(RequestBody body, Tokenizer tokenizer, PricedModel price, int imageTokens) {
        this.body = body;
        this.length = body.bytes().length;
        this.attachments = body.attachments;
        this.tokenizer = tokenizer;
        this.contextTokens = price.model().contextTokens() * body.inputs;
        this.imageTokens = imageTokens;
    }

    /** No text has more tokens than bytes, nor has audio, nor a list of tokens; what else is attached may have more. */
    public long bound() {
        return attachments.opaque()
                ? contextTokens
                : Math.min(contextTokens, length + (long) attachments.images() * imageTokens);
    }

    /** So many, or the bound where it is lower. */
    public long atMost(long tokens) {
        return tokens <= Math.min(contextTokens, length) ? tokens : Math.min(tokens, bound());
    }

    /** By the tokenizer, media at their flat bounds: never below what the provider counts, and much nearer. */
    public long tightBound() {
        if (attachments.opaque()) {
            return contextTokens;
        }
        long images = (long) attachments.images() * imageTokens;
        long audio = attachments.audioCharacters() / AUDIO_CHARACTERS_PER_TOKEN;
        return Math.min(bound(), counted() + ownTokens() + images + audio + attachments.otherBytes());
    }

    /** What is billed where the provider reports nothing: text only, for of media nothing is known. */
    public long count() {
        return counted();
    }

    /** Some models put a token of their own before each prompt; a chat's are counted with its messages. */
    private long ownTokens() {
        return body.operation() == Operation.CHAT ? 0 : body.inputs;
    }

    private long counted() {
        if (counted < 0) {
            counted = body.operation() == Operation.CHAT
                    ? ChatInput.of(body.bytes(), tokenizer).tokens()
                    : PromptInput.of(body.bytes(), tokenizer).tokens();
        }
        return counted;
    }
}
