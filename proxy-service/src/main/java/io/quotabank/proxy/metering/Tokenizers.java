package io.quotabank.proxy.metering;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;

/** OpenAI's encodings by name, each loaded when it is first needed (some 10 MB of memory). */
public final class Tokenizers {

    /** Counts tokens of text as one model does. */
    @FunctionalInterface
    public interface Tokenizer {

        long count(String text);
    }

    private static final EncodingType FOR_UNKNOWN = EncodingType.O200K_BASE;

    private final EncodingRegistry registry = Encodings.newLazyEncodingRegistry();

    /** The encoding of that name; an unknown one is counted as {@code o200k_base}, which is near for most models. */
    public Tokenizer named(String encoding) {
        var type = EncodingType.fromName(encoding).orElse(FOR_UNKNOWN);
        return text -> count(registry.getEncoding(type), text);
    }

    /** Loads the encoding of most models ahead of its first use, which would take a second of somebody's stream. */
    public void load() {
        registry.getEncoding(FOR_UNKNOWN);
    }

    private static long count(Encoding encoding, String text) {
        return text.isEmpty() ? 0 : encoding.countTokensOrdinary(text);
    }
}
