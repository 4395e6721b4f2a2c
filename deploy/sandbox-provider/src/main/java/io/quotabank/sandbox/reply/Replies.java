package io.quotabank.sandbox.reply;

import io.quotabank.sandbox.token.Tokenizer;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Thinks of something to say. Safe for use by many threads if the chance is. */
public final class Replies {

    private final Tokenizer tokenizer;
    private final RandomGenerator chance;
    private final Prose prose = new Prose();

    public Replies(Tokenizer tokenizer, RandomGenerator chance) {
        this.tokenizer = tokenizer;
        this.chance = chance;
    }

    /**
     * Says something in the wanted form.
     *
     * @param maxTokens prose is exactly as long, documents and calls at most; 0: no limit
     */
    public Reply reply(Wish wish, int maxTokens) {
        return switch (wish) {
            case Wish.Text text -> prose(maxTokens);
            case Wish.Json json -> limited(null, Specimen.of(json.schema()), maxTokens);
            case Wish.Function function -> call(function, maxTokens);
        };
    }

    /**
     * Says something in prose.
     *
     * @param tokens exactly so many, 0 for none, unless it comes to a stop before
     * @param stops texts that end it where it would say one of them
     */
    public Reply completion(int tokens, List<String> stops) {
        var said = prose.cutTo(tokens, chance.nextInt(1 << 16));
        return stops.isEmpty() ? said : Prose.stopped(said, stops);
    }

    private Reply prose(int maxTokens) {
        var sentence = chance.nextInt(1 << 16);
        return maxTokens == 0 ? prose.whole(sentence) : prose.cutTo(maxTokens, sentence);
    }

    private Reply call(Wish.Function function, int maxTokens) {
        var length = tokenizer.count(function.name());
        var nameTokens = maxTokens == 0 ? length : Math.min(length, maxTokens);
        var id = "call_" + HexFormat.of().toHexDigits(chance.nextLong());
        var call = new Reply.Call(id, Tokenizer.escape(function.name()), nameTokens);
        return limited(call, Specimen.of(function.parameters()), maxTokens);
    }

    private Reply limited(Reply.@Nullable Call call, String document, int maxTokens) {
        var pieces = tokenizer.split(document);
        var tokens = call == null ? 0 : call.tokens();
        for (var i = 0; i < pieces.size(); i++) {
            if (maxTokens > 0 && tokens + pieces.get(i).tokens() > maxTokens) {
                return new Reply(call, List.copyOf(pieces.subList(0, i)), tokens, true);
            }
            tokens += pieces.get(i).tokens();
        }
        return new Reply(call, pieces, tokens, false);
    }
}
