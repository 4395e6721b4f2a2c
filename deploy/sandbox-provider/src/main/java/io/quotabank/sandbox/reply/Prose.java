package io.quotabank.sandbox.reply;

import io.quotabank.sandbox.token.Piece;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.RandomAccess;
import java.util.regex.Pattern;

/**
 * Sentences whose every word, with the space before it, and every mark is exactly one token in o200k_base and in
 * cl100k_base: any run of n of them is n tokens long, by any tokenizer in use.
 */
final class Prose {

    private static final String SENTENCES = """
            The morning train was late again, so the whole office stood at the window and watched the rain. \
            A small team can build a large system when each part has one clear purpose. \
            Most of the work is reading, asking simple questions and writing down the answer. \
            She opened the old book, turned to the last page and found a short note about the river. \
            The market opens when the first order comes in and closes when the last price is known. \
            Good tools keep their promise every day, even when nobody is looking. \
            He walked along the coast for an hour before the light changed from gold to blue. \
            If the plan is too heavy to carry, leave half of it at home and start with the rest. \
            They measured the same thing twice, wrote both numbers on the wall and went to lunch. \
            Water finds the lowest point without a map, and a good team finds the next step without a meeting.\
            """;

    private static final Pattern TOKEN = Pattern.compile(" ?[A-Za-z]+|[.,]");

    private static final int USUAL_TOKENS = 64;

    /** The sentences in a circle, each word with the space before it. */
    private final List<Piece> circle = new ArrayList<>();

    private final List<Integer> beginnings = new ArrayList<>();

    Prose() {
        var matcher = TOKEN.matcher(" " + SENTENCES);
        while (matcher.find()) {
            if (circle.isEmpty() || circle.getLast().escaped().equals(".")) {
                beginnings.add(circle.size());
            }
            circle.add(new Piece(matcher.group(), 1));
        }
    }

    /** Exactly so many tokens, cut off wherever that is. */
    Reply cutTo(int tokens, int sentence) {
        return new Reply(null, new Run(beginning(sentence), tokens), tokens, true);
    }

    /** Whole sentences, about 64 tokens. */
    Reply whole(int sentence) {
        var first = beginning(sentence);
        var tokens = USUAL_TOKENS;
        while (!circle.get((first + tokens - 1) % circle.size()).escaped().equals(".")) {
            tokens++;
        }
        return new Reply(null, new Run(first, tokens), tokens, false);
    }

    /** What is said before the first stop; a word that a stop begins in counts as said. */
    static Reply stopped(Reply said, List<String> stops) {
        var text = new StringBuilder();
        said.pieces().forEach(piece -> text.append(piece.escaped()));
        var end = stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min();
        if (end.isEmpty()) {
            return said;
        }
        var pieces = new ArrayList<Piece>();
        var length = 0;
        for (var piece : said.pieces()) {
            var room = end.getAsInt() - length;
            if (room <= 0) {
                break;
            }
            length += piece.escaped().length();
            pieces.add(new Piece(
                    piece.escaped().substring(0, Math.min(room, piece.escaped().length())), 1));
        }
        return new Reply(null, pieces, pieces.size(), false);
    }

    private int beginning(int sentence) {
        return beginnings.get(Math.floorMod(sentence, beginnings.size()));
    }

    /** Pieces from one place on, around the circle as often as it takes. */
    private final class Run extends AbstractList<Piece> implements RandomAccess {
        private final int first;
        private final int length;

        Run(int first, int length) {
            this.first = first;
            this.length = length;
        }

        @Override
        public Piece get(int index) {
            var piece = circle.get((first + index) % circle.size());
            return index == 0 ? new Piece(piece.escaped().strip(), 1) : piece;
        }

        @Override
        public int size() {
            return length;
        }
    }
}
