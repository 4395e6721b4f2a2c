package io.quotabank.sandbox.key;

import java.util.List;

/**
 * A prompt as caching sees it: its length, and a fingerprint of every beginning of it.
 *
 * @param tokens of the whole prompt
 * @param beginnings one per message, in order
 */
public record Prompt(int tokens, List<Beginning> beginnings) {

    /**
     * The messages up to one of them.
     *
     * @param fingerprint of model and contents
     * @param tokens in these messages
     */
    public record Beginning(long fingerprint, int tokens) {}
}
