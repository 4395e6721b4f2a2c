package io.quotabank.sandbox.reply;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The form that a client wants its answer in. */
public sealed interface Wish {

    /** Prose. */
    record Text() implements Wish {}

    /** Arguments for a function; a JSON Schema of them, or null when it takes none. */
    record Function(String name, @Nullable JsonNode parameters) implements Wish {}

    /** A JSON document, by a schema if there is one. */
    record Json(@Nullable JsonNode schema) implements Wish {}
}
