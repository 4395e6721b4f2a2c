package io.quotabank.sandbox.answer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** For each choice, one after the other: what it echoes, its pieces, and the reason of its end. Then the usage. */
final class TextEvents implements Answer.Events {

    private final TextAnswer answer;
    private final List<Usage> told;
    private final String opening;
    private final String closing;

    /** Where each choice's events begin, and where the last one's end. */
    private final int[] begins;

    TextEvents(TextAnswer answer, List<Usage> told) {
        this.answer = answer;
        this.told = told;
        this.opening = EventStream.DATA + answer.opening();
        this.closing = (told.isEmpty() ? "]}" : "],\"usage\":null}") + EventStream.END;
        this.begins = new int[answer.choices().size() + 1];
        for (var i = 0; i < answer.choices().size(); i++) {
            var choice = answer.choices().get(i);
            begins[i + 1] = begins[i] + echoes(choice) + choice.reply().pieces().size() + 1;
        }
    }

    private static int echoes(TextAnswer.Choice choice) {
        return choice.echo().isEmpty() ? 0 : 1;
    }

    /** Which choice an event belongs to; their number where it is one of usage. */
    private int choice(int at) {
        var found = Arrays.binarySearch(begins, at);
        return found >= 0 ? found : -found - 2;
    }

    @Override
    public int count() {
        return begins[begins.length - 1] + told.size();
    }

    @Override
    public String event(int at) {
        var index = choice(at);
        if (index >= answer.choices().size()) {
            var usage = told.get(at - begins[begins.length - 1]).text();
            return opening + "],\"usage\":" + usage + "}" + EventStream.END;
        }
        var choice = answer.choices().get(index);
        var piece = at - begins[index] - echoes(choice);
        if (piece == choice.reply().pieces().size()) {
            return text(index, "", choice.reply().finishReason());
        }
        return text(
                index,
                piece < 0 ? choice.echo() : choice.reply().pieces().get(piece).escaped(),
                null);
    }

    private String text(int index, String text, @Nullable String finishReason) {
        return opening + "{\"text\":\"" + text + TextAnswer.closing(index, finishReason) + closing;
    }

    @Override
    public int tokens(int at) {
        var index = choice(at);
        if (index >= answer.choices().size()) {
            return 0;
        }
        var choice = answer.choices().get(index);
        var piece = at - begins[index] - echoes(choice);
        var pieces = choice.reply().pieces();
        return piece >= 0 && piece < pieces.size() ? pieces.get(piece).tokens() : 0;
    }
}
