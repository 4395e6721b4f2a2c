package io.quotabank.proxy.custody;

/** A provider's key in the clear. Never logged, serialised or shown: {@link #reveal} is its only way out. */
public final class OpenedSecret {

    private final String text;

    OpenedSecret(String text) {
        this.text = text;
    }

    /** The key, for the one header that needs it. */
    public String reveal() {
        return text;
    }

    /** The answer with every occurrence of the key taken out: some providers repeat it in their errors. */
    public String hideIn(String answer) {
        return answer.replace(text, "[key]");
    }

    @Override
    public String toString() {
        return "[secret]";
    }
}
