package io.quotabank.pool.priceimport;

import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import io.quotabank.pool.priceimport.Preview.Change;
import io.quotabank.pool.priceimport.Preview.Dropped;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What becomes of one model by one row. */
final class Merging {

    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final int PERCENT_DECIMALS = 2;

    /**
     * A model that the catalogue knows, with the row's prices. Names, providers, tokenizer and modalities stay. Sizes
     * bound what requests reserve, so they only grow: a model that answers with more than was reserved for is paid for
     * by the platform.
     */
    static Model merged(Model known, ListedModel row) {
        long output = Math.max(known.maxOutputTokens(), row.outputTokens().orElse(0));
        long context = Math.max(
                Math.max(known.contextTokens(), output), row.inputTokens().orElse(0));
        return new Model(
                known.name(),
                known.displayName(),
                known.ownedBy(),
                known.providers(),
                known.upstreamNames(),
                known.tokenizer(),
                context,
                output,
                known.inputModalities(),
                row.price(),
                known.mode());
    }

    /**
     * A model that the catalogue does not know, named as its provider names it. Files tell a model's longest input or
     * its whole window by the same name: the sum with the longest output is a bound in both cases.
     */
    static Model made(ListedModel row) {
        long output = row.outputTokens().orElseThrow();
        return new Model(
                row.name(),
                row.name(),
                owner(row),
                List.of(row.provider()),
                Map.of(),
                tokenizer(row),
                row.inputTokens().orElseThrow() + output,
                output,
                row.seesImages() ? List.of("text", "image") : List.of("text"),
                row.price(),
                row.mode());
    }

    static List<Change> changes(Model before, Model after) {
        return Stream.concat(
                        changes(before.price(), after.price()),
                        Stream.of(
                                change("contextTokens", before.contextTokens(), after.contextTokens()),
                                change("maxOutputTokens", before.maxOutputTokens(), after.maxOutputTokens())))
                .flatMap(List::stream)
                .toList();
    }

    /** Of a model's changes: classes that had a price and have none any more. */
    static List<Dropped> dropped(String model, List<Change> changes) {
        return changes.stream()
                .flatMap(change -> change.from() == null || change.to() != null
                        ? Stream.of()
                        : Stream.of(new Dropped(model, change.what(), change.from(), instead(change.what()))))
                .toList();
    }

    /** The class whose price counts where one has none: {@link #classes}. */
    private static @Nullable String instead(String what) {
        return switch (what) {
            case "cacheRead", "cacheCreation" -> "input";
            case "reasoning" -> "output";
            default -> null;
        };
    }

    static boolean samePrice(Price one, Price other) {
        return changes(one, other).allMatch(List::isEmpty);
    }

    /** True where any class of tokens, or a request, would cost less. */
    static boolean isCheaper(Price one, Price other) {
        var asked = classes(one);
        var inForce = classes(other);
        return IntStream.range(0, asked.size()).anyMatch(i -> asked.get(i).compareTo(inForce.get(i)) < 0);
    }

    /** A class without a price of its own costs what its input or output does. */
    private static List<BigDecimal> classes(Price price) {
        return List.of(
                price.input(),
                price.output(),
                Objects.requireNonNullElse(price.cacheRead(), price.input()),
                Objects.requireNonNullElse(price.cacheCreation(), price.input()),
                Objects.requireNonNullElse(price.reasoning(), price.output()),
                Objects.requireNonNullElse(price.perRequest(), BigDecimal.ZERO));
    }

    private static Stream<List<Change>> changes(Price was, Price is) {
        return Stream.of(
                change("input", was.input(), is.input()),
                change("output", was.output(), is.output()),
                change("cacheRead", was.cacheRead(), is.cacheRead()),
                change("cacheCreation", was.cacheCreation(), is.cacheCreation()),
                change("reasoning", was.reasoning(), is.reasoning()),
                change("perRequest", was.perRequest(), is.perRequest()));
    }

    private static List<Change> change(String what, long from, long to) {
        return change(what, BigDecimal.valueOf(from), BigDecimal.valueOf(to));
    }

    private static List<Change> change(String what, @Nullable BigDecimal from, @Nullable BigDecimal to) {
        if (from == null || to == null) {
            return from == null && to == null ? List.of() : List.of(new Change(what, from, to, null));
        }
        return from.compareTo(to) == 0 ? List.of() : List.of(new Change(what, from, to, percent(from, to)));
    }

    private static @Nullable BigDecimal percent(BigDecimal from, BigDecimal to) {
        return from.signum() == 0
                ? null
                : to.subtract(from).multiply(HUNDRED).divide(from, PERCENT_DECIMALS, RoundingMode.HALF_UP);
    }

    /** Who made the model: a reseller's names begin with it. */
    private static String owner(ListedModel row) {
        int slash = row.name().indexOf('/');
        return slash > 0 ? row.name().substring(0, slash) : row.provider();
    }

    /** Counting by it is a bound to fall back on where a provider reports nothing; other makers publish none. */
    private static String tokenizer(ListedModel row) {
        var name = row.name().substring(row.name().lastIndexOf('/') + 1);
        boolean older = name.startsWith("gpt-3.5") || name.equals("gpt-4") || name.startsWith("gpt-4-");
        return owner(row).equals("openai") && !older ? "o200k_base" : "cl100k_base";
    }

    private Merging() {}
}
