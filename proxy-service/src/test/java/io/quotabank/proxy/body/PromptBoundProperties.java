package io.quotabank.proxy.body;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.proxy.catalog.TestCatalog;
import io.quotabank.proxy.metering.Tokenizers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import tools.jackson.databind.json.JsonMapper;

/** What is reserved is never below what a provider can bill, whatever is asked. */
class PromptBoundProperties {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Tokenizers TOKENIZERS = new Tokenizers();
    private static final long CONTEXT = 8_192;

    @Property(tries = 300)
    void boundsWhatAProviderCountsOfAPrompt(@ForAll("prompts") Object prompt, @ForAll boolean embedding)
            throws Exception {
        var operation = embedding ? Operation.EMBEDDINGS : Operation.TEXT_COMPLETION;
        var text = "{\"model\":\"m\",\"" + (embedding ? "input" : "prompt") + "\":" + JSON.writeValueAsString(prompt)
                + "}";
        var body = RequestBody.of(operation, text.getBytes(StandardCharsets.UTF_8));
        var tokenizer = TOKENIZERS.named("o200k_base");
        var input = new InputTokens(body, tokenizer, TestCatalog.priced(TestCatalog.embedding("m")), 50_000);

        long counted = count(prompt);
        // Some models begin each prompt with a token of their own; none takes more than its context.
        long billed = Math.min(counted + body.inputs, CONTEXT * body.inputs);
        assertThat(input.count()).isEqualTo(Math.max(1, counted));
        assertThat(input.tightBound()).isGreaterThanOrEqualTo(billed).isLessThanOrEqualTo(input.bound());
    }

    @Property
    void reservesForEveryAnswerThatIsDrawn(
            @ForAll("prompts") Object prompt, @ForAll("draws") int n, @ForAll("draws") int bestOf) throws Exception {
        var text = "{\"n\":" + n + ",\"prompt\":" + JSON.writeValueAsString(prompt) + ",\"best_of\":" + bestOf + "}";

        var body = RequestBody.of(Operation.TEXT_COMPLETION, text.getBytes(StandardCharsets.UTF_8));

        long prompts = prompt instanceof List<?> list && !(list.getFirst() instanceof Integer) ? list.size() : 1;
        assertThat(body.outputs()).isEqualTo(prompts * Math.max(n, bestOf));
        assertThat(body.answers()).isEqualTo(prompts * n);
    }

    private static long count(Object prompt) {
        return switch (prompt) {
            case String text -> TOKENIZERS.named("o200k_base").count(text);
            case List<?> list ->
                list.stream()
                        .mapToLong(element -> element instanceof Integer ? 1 : count(element))
                        .sum();
            default -> throw new IllegalArgumentException(prompt.toString());
        };
    }

    @Provide
    Arbitrary<Object> prompts() {
        var texts = Arbitraries.oneOf(
                Arbitraries.strings().all().excludeChars('\0').ofMaxLength(40),
                Arbitraries.of("", "hello there", "\u5b57\u5b57", "\ud83e\udd80", "<|endoftext|>"),
                Arbitraries.of("word ".repeat(12_000)));
        var tokens =
                Arbitraries.integers().between(0, 200_000).list().ofMinSize(1).ofMaxSize(60);
        return Arbitraries.oneOf(
                texts.map(text -> text),
                texts.list().ofMinSize(1).ofMaxSize(5).map(list -> list),
                tokens.map(list -> list),
                Combinators.combine(tokens, tokens).as(List::of));
    }

    @Provide
    Arbitrary<Integer> draws() {
        return Arbitraries.integers().between(1, 128);
    }
}
