package io.quotabank.contracts.catalog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value of the compacted topic {@code catalog.v1}, keyed by price version: one whole price table. A request is priced
 * by the newest version whose start has come when the request starts, and keeps it until it ends.
 *
 * @param version rises with each change
 * @param validFromMs when it comes into force
 * @param markupBasisPoints what a use costs by tier, in basis points of list price: bronze 13,000
 */
public record CatalogRecord(
        long version, long validFromMs, Map<String, Integer> markupBasisPoints, List<Model> models) {

    public static final String TOPIC = "catalog.v1";
    public static final String TYPE = "io.quotabank.catalog.v1";

    public CatalogRecord {
        markupBasisPoints = Map.copyOf(markupBasisPoints);
        models = List.copyOf(models);
    }

    /**
     * @param name as clients send it
     * @param upstreamNames the name a provider knows it by, by provider, where it differs
     * @param tokenizer {@code o200k_base}, {@code cl100k_base}, ...: for counting where the provider did not
     * @param contextTokens longest input and output together
     * @param maxOutputTokens longest output, the bound of a reservation without a limit of its own; 0 for a model that
     *     puts out no tokens
     * @param mode what it is for; {@link Mode#CHAT} where a record does not say
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Model(
            String name,
            String displayName,
            String ownedBy,
            List<String> providers,
            Map<String, String> upstreamNames,
            String tokenizer,
            long contextTokens,
            long maxOutputTokens,
            List<String> inputModalities,
            Price price,
            Mode mode) {

        public Model {
            mode = Objects.requireNonNullElse(mode, Mode.CHAT);
            providers = List.copyOf(providers);
            upstreamNames = Map.copyOf(upstreamNames);
            inputModalities = List.copyOf(inputModalities);
        }

        /** A model for chats. */
        public Model(
                String name,
                String displayName,
                String ownedBy,
                List<String> providers,
                Map<String, String> upstreamNames,
                String tokenizer,
                long contextTokens,
                long maxOutputTokens,
                List<String> inputModalities,
                Price price) {
            this(
                    name,
                    displayName,
                    ownedBy,
                    providers,
                    upstreamNames,
                    tokenizer,
                    contextTokens,
                    maxOutputTokens,
                    inputModalities,
                    price,
                    Mode.CHAT);
        }
    }

    /** What a model is for, and so by which calls it can be reached. */
    public enum Mode {
        CHAT,
        /** Goes on with a text. */
        COMPLETION,
        /** Makes vectors of texts; only its input has a price. */
        EMBEDDING;

        @JsonValue
        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * List prices in US dollars per million tokens, exact decimals; {@code perRequest} in dollars per request. A null
     * class is charged as the class it is part of.
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Price(
            BigDecimal input,
            BigDecimal output,
            @Nullable BigDecimal cacheRead,
            @Nullable BigDecimal cacheCreation,
            @Nullable BigDecimal reasoning,
            @Nullable BigDecimal perRequest) {}
}
