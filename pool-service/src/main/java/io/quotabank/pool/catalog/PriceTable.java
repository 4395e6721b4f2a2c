package io.quotabank.pool.catalog;

import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.catalog.CatalogRecord.Price;
import io.quotabank.contracts.money.Credits;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A whole price table before it has a version, and what makes one unfit to be sold from. */
public record PriceTable(Map<String, Integer> markupBasisPoints, List<Model> models) {

    public PriceTable {
        markupBasisPoints = Map.copyOf(markupBasisPoints);
        // One order everywhere, so that what is read back equals what was told.
        models = models.stream().sorted(Comparator.comparing(Model::name)).toList();
    }

    /** A table must price every one of them. */
    private static final Set<String> TIERS = Set.of("bronze", "silver", "gold");

    private static final int LIST_PRICE = 10_000;
    private static final int DEAREST = 100_000;
    private static final Pattern NAME = Pattern.compile("[!-~]{1,200}");

    /** The first thing that is wrong with it, in words for the administrator; empty where nothing is. */
    Optional<String> fault(Set<String> providers) {
        return Stream.concat(markupFaults(), modelFaults(providers)).findFirst();
    }

    private Stream<String> markupFaults() {
        var missing = TIERS.stream()
                .filter(tier -> !markupBasisPoints.containsKey(tier))
                .sorted()
                .map(tier -> "tier " + tier + " has no mark-up");
        var tooLow = markupBasisPoints.entrySet().stream()
                .filter(entry -> entry.getValue() < LIST_PRICE)
                .map(entry -> soldBelowCost(entry.getKey(), entry.getValue()));
        var tooHigh = markupBasisPoints.entrySet().stream()
                .filter(entry -> entry.getValue() > DEAREST)
                .map(entry -> "tier %s has a mark-up above %d basis points".formatted(entry.getKey(), DEAREST));
        return Stream.of(tooLow, tooHigh, missing).flatMap(faults -> faults);
    }

    private static String soldBelowCost(String tier, int basisPoints) {
        var sold = BigDecimal.valueOf(Credits.PER_USD).multiply(BigDecimal.valueOf(basisPoints, 4));
        var loss = BigDecimal.valueOf(Credits.PER_USD).subtract(sold);
        return "tier %s would sell below what the platform paid: 1 USD of list price costs %d credits, %d basis points"
                        .formatted(tier, Credits.PER_USD, basisPoints)
                + " of it sell it for %s, a loss of %s".formatted(plain(sold), plain(loss));
    }

    private static String plain(BigDecimal credits) {
        return credits.stripTrailingZeros().toPlainString();
    }

    private Stream<String> modelFaults(Set<String> providers) {
        if (models.isEmpty()) {
            return Stream.of("the table has no model");
        }
        var names = new HashSet<String>();
        return models.stream().flatMap(model -> {
            var twice = names.add(model.name()) ? Stream.<String>empty() : Stream.of(model.name() + " is listed twice");
            return Stream.concat(twice, faults(model, providers));
        });
    }

    private static Stream<String> faults(Model model, Set<String> providers) {
        var name = model.name();
        var unknown = model.providers().stream()
                .filter(provider -> !providers.contains(provider))
                .map(provider -> "%s names the unknown provider %s".formatted(name, provider));
        var sizes = fits(model) ? Stream.<String>empty() : Stream.of(name + sizeFault(model));
        var nowhere = model.providers().isEmpty() ? Stream.of(name + " has no provider") : Stream.<String>empty();
        var negative = prices(model.price())
                .filter(price -> price.signum() < 0)
                .map(price -> "%s has a negative price: %s".formatted(name, price.toPlainString()));
        var names = Stream.concat(Stream.of(name), model.upstreamNames().values().stream())
                .filter(text -> !NAME.matcher(text).matches())
                .map(text -> "a model's name has 1 to 200 visible ASCII characters");
        return Stream.of(names, negative, nowhere, unknown, sizes).flatMap(faults -> faults);
    }

    private static boolean fits(Model model) {
        long longest = model.maxOutputTokens();
        return model.mode() == Mode.EMBEDDING ? longest == 0 : longest > 0 && longest <= model.contextTokens();
    }

    private static String sizeFault(Model model) {
        return model.mode() == Mode.EMBEDDING
                ? " embeds, and has a longest output other than 0"
                : " has a longest output outside 1 to its context";
    }

    private static Stream<BigDecimal> prices(Price price) {
        return Stream.of(
                        Optional.of(price.input()),
                        Optional.of(price.output()),
                        Optional.ofNullable(price.cacheRead()),
                        Optional.ofNullable(price.cacheCreation()),
                        Optional.ofNullable(price.reasoning()),
                        Optional.ofNullable(price.perRequest()))
                .flatMap(Optional::stream);
    }
}
