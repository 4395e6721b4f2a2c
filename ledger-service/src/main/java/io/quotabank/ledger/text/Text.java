package io.quotabank.ledger.text;

import org.jspecify.annotations.Nullable;

/** Text that callers write: of a bounded length and without NUL, which PostgreSQL can't store. */
public final class Text {

    private Text() {}

    /**
     * Refuses a text that says nothing, or too much.
     *
     * @param name of the member, for whoever wrote it
     * @param longest most characters
     * @return the same text
     * @throws IllegalArgumentException unless it has 1 to so many characters, not all of them blank
     */
    public static String required(String name, String text, int longest) {
        if (text.isBlank() || !fits(text, longest)) {
            throw new IllegalArgumentException(name + " has 1 to " + longest + " characters, none of them NUL");
        }
        return text;
    }

    /** The same where it may be left out, or empty. */
    public static void optional(String name, @Nullable String text, int longest) {
        if (text != null && !fits(text, longest)) {
            throw new IllegalArgumentException(name + " has at most " + longest + " characters, none of them NUL");
        }
    }

    private static boolean fits(String text, int longest) {
        return text.length() <= longest && text.indexOf('\0') < 0;
    }
}
