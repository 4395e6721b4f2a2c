package io.quotabank.proxy.relay;

import io.quotabank.proxy.body.Operation;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an address stands for.
 *
 * @param model the model that it names; null where the body has to
 */
record Endpoint(Operation operation, @Nullable String model) {

    static final String MODELS = "/v1/models";

    private static final String ROOT = "/v1";
    private static final String BY_MODEL = "/api/v1/proxy/";
    private static final Endpoint CHAT = new Endpoint(Operation.CHAT, null);
    private static final Endpoint COMPLETION = new Endpoint(Operation.TEXT_COMPLETION, null);
    private static final Endpoint EMBEDDINGS = new Endpoint(Operation.EMBEDDINGS, null);

    // The longer end first: one is an end of the other.
    private static final List<Operation> BY_LENGTH =
            List.of(Operation.CHAT, Operation.TEXT_COMPLETION, Operation.EMBEDDINGS);
    private static final List<Operation> OF_A_MODEL = List.of(Operation.CHAT, Operation.EMBEDDINGS);

    /** Null where no operation is asked for there. */
    static @Nullable Endpoint of(String path) {
        return switch (path) {
            case "/v1/chat/completions" -> CHAT;
            case "/v1/completions" -> COMPLETION;
            case "/v1/embeddings" -> EMBEDDINGS;
            default -> path.startsWith(BY_MODEL) ? ofAModel(path) : null;
        };
    }

    private static @Nullable Endpoint ofAModel(String path) {
        for (var operation : OF_A_MODEL) {
            int end = path.length() - operation.path().length();
            if (path.endsWith(operation.path()) && end > BY_MODEL.length()) {
                var model = decoded(path.substring(BY_MODEL.length(), end));
                return model == null ? null : new Endpoint(operation, model);
            }
        }
        return null;
    }

    /** The address that was most likely meant by one at which there is nothing. */
    static String meant(String path) {
        var lower = path.toLowerCase(Locale.ROOT);
        if (path.startsWith(BY_MODEL)) {
            return BY_MODEL + "{model}" + (lower.contains("embed") ? Operation.EMBEDDINGS : Operation.CHAT).path();
        }
        for (var operation : BY_LENGTH) {
            if (lower.contains(operation.path().substring(0, operation.path().length() - 1))) {
                return ROOT + operation.path();
            }
        }
        return lower.contains("embed")
                ? ROOT + Operation.EMBEDDINGS.path()
                : lower.contains("model") ? MODELS : ROOT + Operation.CHAT.path();
    }

    /** True where the answer is a stream whatever the body says. */
    boolean alwaysStreamed() {
        return model != null && operation == Operation.CHAT;
    }

    /** True where the answer is put into an envelope. */
    boolean wrapped() {
        return model != null && operation == Operation.EMBEDDINGS;
    }

    /** A part of a path as it is meant; null where it is malformed. */
    static @Nullable String decoded(String path) {
        try {
            // In a path a plus is a plus.
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }
}
