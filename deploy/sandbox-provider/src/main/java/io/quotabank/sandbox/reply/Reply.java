package io.quotabank.sandbox.reply;

import io.quotabank.sandbox.token.Piece;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is said.
 *
 * @param call the function called, or null when this is text
 * @param pieces the text, or the call's arguments
 * @param tokens in all, the call's name included
 * @param cutShort the token limit left no room for the rest
 */
public record Reply(@Nullable Call call, List<Piece> pieces, int tokens, boolean cutShort) {

    /**
     * A function's name.
     *
     * @param name as it stands inside a JSON string
     */
    public record Call(String id, String name, int tokens) {}

    /** Tokens in the call's name and the first so many pieces. */
    public int tokensUpTo(int count) {
        var text = pieces.subList(0, count).stream().mapToInt(Piece::tokens).sum();
        return text + (call == null ? 0 : call.tokens());
    }

    /** In OpenAI's words. */
    public String finishReason() {
        if (cutShort) {
            return "length";
        }
        return call == null ? "stop" : "tool_calls";
    }
}
