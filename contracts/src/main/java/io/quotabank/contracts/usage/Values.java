package io.quotabank.contracts.usage;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;

/** Values as they stand in a closing record: each method reads the one that the parser stands at, and null for null. */
final class Values {

    /** Reads one value of a list. */
    @FunctionalInterface
    interface Reader<T> {
        T read(JsonParser json, DeserializationContext context);
    }

    static <T> @Nullable List<T> list(JsonParser json, DeserializationContext context, Reader<T> reader) {
        if (isNull(json)) {
            return null;
        }
        if (json.currentToken() != JsonToken.START_ARRAY) {
            context.reportInputMismatch(List.class, "not an array");
        }
        var all = new ArrayList<T>(1);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            all.add(reader.read(json, context));
        }
        return all;
    }

    static void begin(JsonParser json, DeserializationContext context) {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            context.reportInputMismatch(Closed.class, "not an object");
        }
    }

    static @Nullable UUID uuid(JsonParser json, DeserializationContext context) {
        var text = text(json, context);
        try {
            return text == null ? null : UUID.fromString(text);
        } catch (IllegalArgumentException malformed) {
            throw context.weirdStringException(text, UUID.class, "not a UUID");
        }
    }

    static @Nullable Credits credits(JsonParser json) {
        return isNull(json) ? null : new Credits(json.getLongValue());
    }

    static <E> @Nullable E constant(
            Map<String, E> known, Class<E> type, JsonParser json, DeserializationContext context) {
        var text = text(json, context);
        var constant = text == null ? null : known.get(text);
        if (text != null && constant == null) {
            throw context.weirdStringException(text, type, "not one of " + known.keySet());
        }
        return constant;
    }

    static @Nullable String text(JsonParser json, DeserializationContext context) {
        if (isNull(json)) {
            return null;
        }
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            context.reportInputMismatch(String.class, "not a string");
        }
        return json.getString();
    }

    static boolean isNull(JsonParser json) {
        return json.currentToken() == JsonToken.VALUE_NULL;
    }

    static <E> Map<String, E> byWire(E[] constants, Function<E, String> wire) {
        return Arrays.stream(constants).collect(Collectors.toMap(wire, Function.identity()));
    }

    private Values() {}
}
