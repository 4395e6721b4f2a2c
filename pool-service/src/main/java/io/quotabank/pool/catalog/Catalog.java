package io.quotabank.pool.catalog;

import io.quotabank.contracts.catalog.CatalogRecord;
import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.contracts.money.Credits;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Models, providers and the price tables that were, are and will be in force. */
@Service
public class Catalog {

    /** How putting a price table into force can end. */
    public sealed interface Outcome {
        record Published(CatalogRecord table) implements Outcome {}

        /** @param why in words, with the sums that show it */
        record Refused(String why) implements Outcome {}
    }

    private static final Logger log = LoggerFactory.getLogger(Catalog.class);
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final BigDecimal CREDITS_PER_USD = BigDecimal.valueOf(Credits.PER_USD);

    private final CatalogStore store;
    private final CatalogFile file;
    private final CatalogProperties properties;
    private final ApplicationEventPublisher events;
    private final Clock clock;

    Catalog(
            CatalogStore store,
            CatalogFile file,
            CatalogProperties properties,
            ApplicationEventPublisher events,
            Clock clock) {
        this.store = store;
        this.file = file;
        this.properties = properties;
        this.events = events;
        this.clock = clock;
    }

    /** The table in force at an instant. Version 1 is in force since ever, so there is always one. */
    public CatalogRecord at(Instant instant) {
        return store.inForce(instant).orElseThrow(() -> new IllegalStateException("no price table has been loaded"));
    }

    public CatalogRecord current() {
        return at(clock.instant());
    }

    public List<Provider> providers() {
        return file.providers();
    }

    public Optional<Provider> provider(String name) {
        return providers().stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst();
    }

    /** What a US dollar is in yuan. */
    public BigDecimal cnyPerUsd() {
        return properties.cnyPerUsd();
    }

    /** Names of all models in force. */
    public List<String> models() {
        return current().models().stream().map(Model::name).toList();
    }

    /** Names of the models in force that a provider serves. */
    public List<String> modelsOf(String provider) {
        return current().models().stream()
                .filter(model -> model.providers().contains(provider))
                .map(Model::name)
                .toList();
    }

    /** US dollars of list price in credits, rounded down to the micro-credit. */
    public Credits credits(BigDecimal usd) {
        var credits = usd.multiply(CREDITS_PER_USD);
        return Credits.ofDecimal(credits.setScale(6, RoundingMode.DOWN));
    }

    /** List price in credits as US dollars, rounded down to a millionth of a millionth. */
    public BigDecimal usd(Credits credits) {
        return credits.toDecimal().divide(CREDITS_PER_USD, 12, RoundingMode.DOWN);
    }

    /**
     * What tokens are worth at least, in US dollars: all of them at the lowest list price that any of these models has
     * for a token of input or output. A claim in tokens counts as this much, so that no key promises more than it has.
     */
    public BigDecimal leastUsd(long tokens, Collection<String> models) {
        var cheapest = current().models().stream()
                .filter(model -> models.contains(model.name()))
                .map(Catalog::cheapest)
                .min(BigDecimal::compareTo)
                .orElse(BigDecimal.ZERO);
        return cheapest.multiply(BigDecimal.valueOf(tokens)).divide(MILLION);
    }

    /** Of what is paid for: an embedding model's output is nothing, and its price says nothing. */
    private static BigDecimal cheapest(Model model) {
        var price = model.price();
        return model.mode() == Mode.EMBEDDING ? price.input() : price.input().min(price.output());
    }

    /**
     * Puts a whole table into force.
     *
     * @param from an instant that has not passed; at once where null
     */
    @Transactional
    public Outcome publish(PriceTable table, @Nullable Instant from, String administrator) {
        var now = clock.instant();
        var validFrom = from == null ? now : from;
        if (validFrom.isBefore(now)) {
            return new Outcome.Refused("requests since " + validFrom + " have been priced by another table");
        }
        return fault(table)
                .<Outcome>map(Outcome.Refused::new)
                .orElseGet(() -> new Outcome.Published(
                        tell(store.add(table, validFrom, CatalogStore.Source.administrator(administrator), now))));
    }

    /** Makes a version of the catalogue file unless the last one made of a file is the same. Safe at every start. */
    @Transactional
    public void load() {
        store.lock();
        if (store.lastFileHash().filter(file.hash()::equals).isPresent()) {
            return;
        }
        var table = new PriceTable(properties.markup(), file.models());
        fault(table).ifPresent(fault -> {
            throw new IllegalStateException("the catalogue file is refused: " + fault);
        });
        var now = clock.instant();
        var first = store.lastFileHash().isEmpty();
        var made = tell(store.add(table, first ? Instant.EPOCH : now, CatalogStore.Source.file(file.hash()), now));
        log.info(
                "price version {} with {} models is loaded",
                made.version(),
                made.models().size());
    }

    private Optional<String> fault(PriceTable table) {
        if (table.models().size() > properties.maxModels()) {
            return Optional.of("the table has more than %d models".formatted(properties.maxModels()));
        }
        return table.fault(providerNames());
    }

    private CatalogRecord tell(CatalogRecord table) {
        events.publishEvent(table);
        return table;
    }

    private Set<String> providerNames() {
        return providers().stream().map(Provider::name).collect(Collectors.toSet());
    }
}
