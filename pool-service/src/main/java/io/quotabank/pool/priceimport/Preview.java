package io.quotabank.pool.priceimport;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an import would do to the prices in force, row by row.
 *
 * @param rows how many the file has
 * @param unchanged how many price their models as they are
 * @param leftOut how many rows were not looked at, by reason
 * @param vanished what has a price in force and none in the file
 */
record Preview(
        int rows,
        List<Added> added,
        List<Changed> changed,
        int unchanged,
        List<Refused> refused,
        Map<String, Integer> leftOut,
        Vanished vanished) {

    Preview {
        added = List.copyOf(added);
        changed = List.copyOf(changed);
        refused = List.copyOf(refused);
        leftOut = Map.copyOf(leftOut);
        // An import that an older release kept does not tell.
        vanished = vanished == null ? new Vanished(0, List.of(), List.of()) : vanished;
    }

    /**
     * @param count of both lists
     * @param models that the file has no row for, though all rows of their providers were asked for: they keep their prices
     * @param prices of classes that their models' rows do not have any more: told among the changes, too
     */
    record Vanished(int count, List<String> models, List<Dropped> prices) {

        Vanished {
            models = List.copyOf(models);
            prices = List.copyOf(prices);
        }

        static Vanished of(List<String> models, List<Dropped> prices) {
            return new Vanished(models.size() + prices.size(), models, prices);
        }
    }

    /**
     * A class of price that costs what {@code becomes} does from then on.
     *
     * @param from in US dollars per million tokens or per request
     * @param becomes the class whose price counts instead; absent where it costs nothing then
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Dropped(
            String model,
            String what,
            BigDecimal from,
            @Nullable String becomes) {}

    /** @param notTaken prices of the row that no class of ours stands for */
    record Added(
            String key,
            String model,
            String provider,
            Price price,
            long contextTokens,
            long maxOutputTokens,
            List<String> notTaken) {

        Added {
            notTaken = List.copyOf(notTaken);
        }
    }

    /** @param notTaken prices of the row that no class of ours stands for */
    record Changed(String key, String model, String provider, List<Change> changes, List<String> notTaken) {

        Changed {
            changes = List.copyOf(changes);
            notTaken = List.copyOf(notTaken);
        }
    }

    /**
     * @param what a class of price, in US dollars per million tokens or per request, or a size in tokens
     * @param from absent where there was none
     * @param to absent where there is none any more
     * @param percent from one to the other, rounded to hundredths; absent where there is none to compare
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Change(
            String what,
            @Nullable BigDecimal from,
            @Nullable BigDecimal to,
            @Nullable BigDecimal percent) {}

    /** @param reason in words */
    record Refused(String key, String reason) {}
}
