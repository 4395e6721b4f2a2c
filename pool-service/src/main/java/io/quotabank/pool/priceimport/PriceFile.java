package io.quotabank.pool.priceimport;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a price file: one JSON object with a member for each model. It is read token by token, so that a number is kept
 * as the text that it was written as, and only one row is in hand at a time.
 */
final class PriceFile {

    /** Members that describe the file and price nothing. */
    private static final Set<String> NOT_ROWS = Set.of("sample_spec", "fallback_generalizations");

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(64)
                    .maxStringLength(64 * 1024)
                    .maxNameLength(1_024)
                    .maxNumberLength(128)
                    .build())
            .build();

    /**
     * @throws IllegalArgumentException where it is not an object or has too many rows
     * @throws tools.jackson.core.JacksonException where it is not JSON or can't be read to its end
     */
    static List<FileRow> read(InputStream file, int maxRows) {
        try (var json = JSON.createParser(ObjectReadContext.empty(), file)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("a price file is an object with a member for each model");
            }
            var rows = new ArrayList<FileRow>();
            var keys = new HashSet<String>();
            for (var key = json.nextName(); key != null; key = json.nextName()) {
                var row = row(key, json);
                if (!NOT_ROWS.contains(key)) {
                    rows.add(keys.add(key) ? row : FileRow.unreadable(key, "it is in the file twice"));
                }
                if (rows.size() > maxRows) {
                    throw new IllegalArgumentException("a price file has at most " + maxRows + " models");
                }
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("a price file is one object");
            }
            return rows;
        }
    }

    private static FileRow row(String key, JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return FileRow.unreadable(key, "it is not an object");
        }
        var values = new HashMap<String, String>();
        var nested = new HashSet<String>();
        var names = new HashSet<String>();
        String twice = null;
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            twice = names.add(name) ? twice : name;
            var text = value(json);
            if (json.currentToken() == JsonToken.END_OBJECT || json.currentToken() == JsonToken.END_ARRAY) {
                nested.add(name);
            } else if (text != null) {
                values.put(name, text);
            }
        }
        return new FileRow(key, values, nested, twice == null ? null : "it has " + twice + " twice");
    }

    /** The value's text; null for a JSON null, and for what is nested, which is passed over. */
    private static @Nullable String value(JsonParser json) {
        var token = json.nextToken();
        if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
            json.skipChildren();
            return null;
        }
        return token == JsonToken.VALUE_NULL ? null : json.getString();
    }

    private PriceFile() {}
}
