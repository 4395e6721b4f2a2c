package io.quotabank.sandbox.answer;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** What is answered to one request, before it is known how it is sent and which usage it tells. */
public sealed interface Answer {

    /** An answer that can be sent as it is said, event by event. */
    sealed interface Spoken extends Answer permits ChatAnswer, TextAnswer {
        Events events(List<Usage> told);
    }

    /** An answer that comes in one piece only. */
    sealed interface Silent extends Answer permits EmbeddingAnswer {}

    /**
     * The beginning of an answer's JSON.
     *
     * @param tokens of output in it
     */
    record Part(String text, int tokens) {}

    /** A stream's events but the last, [DONE]: lines that begin with `data: `, each with the empty one behind it. */
    interface Events {
        int count();

        String event(int at);

        /** Tokens of output in one event. */
        int tokens(int at);
    }

    /** Tokens of output, those included that were drawn and are not shown. */
    int tokens();

    /**
     * The whole JSON.
     *
     * @param told the usage it reports: none, one, or more than one on purpose
     */
    String whole(List<Usage> told);

    /** The first half of what is said, as it stands in the JSON. */
    Part half();

    /** A new id: the prefix, and as many letters as OpenAI takes. */
    static String newId(String prefix) {
        var letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        var chance = ThreadLocalRandom.current();
        var id = new StringBuilder(prefix);
        for (var i = 0; i < 29; i++) {
            id.append(letters.charAt(chance.nextInt(letters.length())));
        }
        return id.toString();
    }
}
