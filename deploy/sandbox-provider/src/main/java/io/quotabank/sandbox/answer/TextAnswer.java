package io.quotabank.sandbox.answer;

import io.quotabank.sandbox.reply.Reply;
import io.quotabank.sandbox.token.Tokenizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text completion, and its JSON as a whole or in parts.
 *
 * @param choices at least one
 * @param tokens of all choices, and of what was drawn beside them
 */
public record TextAnswer(String id, long createdSeconds, String model, List<Choice> choices, int tokens)
        implements Answer.Spoken {

    /**
     * One of the texts.
     *
     * @param echo what is said before it, as it stands inside a JSON string
     */
    public record Choice(String echo, Reply reply) {}

    @Override
    public String whole(List<Usage> told) {
        var text = new StringBuilder(512 + 8 * tokens).append(opening());
        for (var i = 0; i < choices.size(); i++) {
            var choice = choices.get(i);
            text.append(i == 0 ? "" : ",").append("{\"text\":\"").append(choice.echo());
            choice.reply().pieces().forEach(piece -> text.append(piece.escaped()));
            text.append(closing(i, choice.reply().finishReason()));
        }
        text.append(']');
        told.forEach(usage -> text.append(",\"usage\":").append(usage.text()));
        return text.append('}').toString();
    }

    /** Half of the first choice, and nothing of the others. */
    @Override
    public Part half() {
        var choice = choices.getFirst();
        var pieces = choice.reply().pieces().subList(0, choice.reply().pieces().size() / 2);
        var text = new StringBuilder(opening()).append("{\"text\":\"").append(choice.echo());
        pieces.forEach(piece -> text.append(piece.escaped()));
        return new Part(text.toString(), choice.reply().tokensUpTo(pieces.size()));
    }

    /** Up to the first choice, the same for a whole answer and for each event. */
    String opening() {
        return "{\"id\":\"" + id + "\",\"object\":\"text_completion\",\"created\":" + createdSeconds + ",\"model\":\""
                + Tokenizer.escape(model) + "\",\"choices\":[";
    }

    /** Ends a choice inside its text. */
    static String closing(int index, @Nullable String finishReason) {
        var reason = finishReason == null ? "null" : "\"" + finishReason + "\"";
        return "\",\"index\":" + index + ",\"logprobs\":null,\"finish_reason\":" + reason + "}";
    }

    @Override
    public Events events(List<Usage> told) {
        return new TextEvents(this, told);
    }
}
