package io.quotabank.sandbox.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.sandbox.key.Prompt.Beginning;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptCacheTests {

    private final PromptCache cache = new PromptCache();

    @Test
    void knowsPromptsFrom1024TokensOn() {
        assertThat(again(new Prompt(1023, List.of(new Beginning(1, 1020))))).isZero();
        assertThat(again(new Prompt(1030, List.of(new Beginning(2, 1023))))).isZero();
        assertThat(again(new Prompt(1027, List.of(new Beginning(3, 1024))))).isEqualTo(1024);
        assertThat(again(new Prompt(1155, List.of(new Beginning(4, 1152))))).isEqualTo(1152);
        assertThat(again(new Prompt(1154, List.of(new Beginning(5, 1151))))).isEqualTo(1024);
    }

    @Test
    void forgetsTheLeastRecentlyUsed() {
        var old = new Prompt(2000, List.of(new Beginning(-1, 1997)));
        cache.recall(old);
        for (var i = 0; i < 1000; i++) {
            cache.recall(new Prompt(2000, List.of(new Beginning(i, 1997))));
        }
        assertThat(cache.recall(old)).isZero();
    }

    private int again(Prompt prompt) {
        assertThat(cache.recall(prompt)).isZero();
        return cache.recall(prompt);
    }
}
