package io.quotabank.sandbox.key;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The beginnings of long prompts that a key has sent, most recently used last. The rule is OpenAI's: prompts of 1,024
 * tokens or more are cached, and hits are reported in steps of 128 tokens.
 */
final class PromptCache {

    private static final int SMALLEST_TOKENS = 1024;
    private static final int STEP_TOKENS = 128;
    private static final int MAX_BEGINNINGS = 1000;

    private final Map<Long, Boolean> seen = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MAX_BEGINNINGS;
        }
    };

    synchronized int recall(Prompt prompt) {
        if (prompt.tokens() < SMALLEST_TOKENS) {
            return 0;
        }
        var known = 0;
        for (var beginning : prompt.beginnings()) {
            if (beginning.tokens() >= SMALLEST_TOKENS && seen.put(beginning.fingerprint(), true) != null) {
                known = beginning.tokens();
            }
        }
        // At least one token is always computed anew.
        return Math.min(known, prompt.tokens() - 1) / STEP_TOKENS * STEP_TOKENS;
    }
}
