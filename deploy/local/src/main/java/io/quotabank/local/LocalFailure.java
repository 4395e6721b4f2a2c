package io.quotabank.local;

import java.util.List;

/** Something a person can mend: one plain sentence with the remedy, and the last lines of the log that shows why. */
public final class LocalFailure extends RuntimeException {

    private final transient List<String> log;

    public LocalFailure(String sentence) {
        this(sentence, List.of());
    }

    public LocalFailure(String sentence, List<String> log) {
        super(sentence, null, false, false);
        this.log = List.copyOf(log);
    }

    public LocalFailure(String sentence, Throwable cause) {
        super(sentence + " (" + cause + ")", cause, false, false);
        this.log = List.of();
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }

    public List<String> log() {
        return log;
    }
}
