package io.quotabank.pool.priceimport;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One model of a price file as it is written there.
 *
 * @param values plain members by name: numbers and strings as their text, true and false as such, no nulls
 * @param nested names of the members that are lists or objects
 * @param fault what keeps it from being read at all, null where nothing does
 */
record FileRow(
        String key,
        Map<String, String> values,
        Set<String> nested,
        @Nullable String fault) {

    FileRow {
        values = Map.copyOf(values);
        nested = Set.copyOf(nested);
    }

    static FileRow unreadable(String key, String fault) {
        return new FileRow(key, Map.of(), Set.of(), fault);
    }

    @Nullable
    String text(String name) {
        return values.get(name);
    }
}
