package io.quotabank.proxy.body;

import io.quotabank.contracts.catalog.CatalogRecord.Mode;

/** What a request asks of a model; each operation has an address and a body of its own. */
public enum Operation {
    CHAT("chat", Mode.CHAT, "/chat/completions"),
    TEXT_COMPLETION("text_completion", Mode.COMPLETION, "/completions"),
    EMBEDDINGS("embeddings", Mode.EMBEDDING, "/embeddings");

    private final String wire;
    private final Mode mode;
    private final String path;

    Operation(String wire, Mode mode, String path) {
        this.wire = wire;
        this.mode = mode;
        this.path = path;
    }

    /** The operation that models of this mode are for. */
    public static Operation of(Mode mode) {
        return switch (mode) {
            case CHAT -> CHAT;
            case COMPLETION -> TEXT_COMPLETION;
            case EMBEDDING -> EMBEDDINGS;
        };
    }

    /** Its name in usage events, as the OpenTelemetry GenAI conventions have it. */
    public String wire() {
        return wire;
    }

    /** The mode of the models that it may be asked of. */
    public Mode mode() {
        return mode;
    }

    /** Where it is asked for, behind a provider's base URL and behind our {@code /v1} alike. */
    public String path() {
        return path;
    }
}
