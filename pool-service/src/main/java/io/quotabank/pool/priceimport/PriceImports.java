package io.quotabank.pool.priceimport;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.quotabank.platform.id.Ids;
import io.quotabank.pool.catalog.Catalog;
import io.quotabank.pool.catalog.Catalog.Standing;
import io.quotabank.pool.catalog.PriceTable;
import io.quotabank.pool.catalog.Provider;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Price files: what they would change, and changing it. */
@Service
class PriceImports {

    /**
     * @param standing the tables that the preview was made against
     * @param applied absent until it is
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Import(
            UUID id,
            Instant madeAt,
            Standing standing,
            @JsonUnwrapped Preview preview,
            @Nullable Applied applied) {}

    /** @param version the price version that it made */
    record Applied(long version, Instant validFrom, Instant at) {}

    sealed interface Made {
        record Shown(Import shown) implements Made {}

        record Refused(String why) implements Made {}
    }

    sealed interface Outcome {
        record InForce(Import applied) implements Outcome {}

        record Unknown() implements Outcome {}

        /** The prices are not those that were compared with any more. */
        record Overtaken() implements Outcome {}

        /** @param why in words */
        record Refused(String why) implements Outcome {}
    }

    private final Catalog catalog;
    private final PriceImportStore store;
    private final PriceImportProperties properties;
    private final Ids ids;
    private final Clock clock;

    PriceImports(Catalog catalog, PriceImportStore store, PriceImportProperties properties, Ids ids, Clock clock) {
        this.catalog = catalog;
        this.store = store;
        this.properties = properties;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Compares a file with the prices in force and keeps the result; no price changes by it.
     *
     * <p>There is no transaction around it: none is to wait for a slow upload. Tables that change in between are noticed
     * when the import is applied, for their standing is taken first.
     *
     * @throws IllegalArgumentException where it is no price file, or the choice names a provider that is not known
     */
    Made preview(InputStream file, Choice choice, String administrator) {
        checkKnown(choice);
        var rows = PriceFile.read(file, properties.maxRows());
        var standing = catalog.standing();
        var inForce = catalog.at(clock.instant());
        var difference = new Difference(inForce.models(), providers(), choice);
        var preview = difference.of(rows);
        var table = new PriceTable(inForce.markupBasisPoints(), difference.models());
        var fault = catalog.fault(table);
        if (fault.isPresent()) {
            return new Made.Refused(fault.get());
        }
        // As exact as the database keeps it.
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var made = new Import(ids.next(), now, standing, preview, null);
        store.forget(now.minus(properties.keepFor()));
        store.add(made, table.models(), administrator);
        return new Made.Shown(made);
    }

    Optional<Import> find(UUID id) {
        return store.find(id);
    }

    /**
     * Makes a price version of an import, once: again gives the same answer.
     *
     * @param from an instant that has not passed; at once where null
     */
    @Transactional
    Outcome apply(UUID id, @Nullable Instant from, String administrator) {
        var standing = catalog.keepStanding();
        var found = store.find(id).orElse(null);
        if (found == null) {
            return new Outcome.Unknown();
        }
        if (found.applied() != null) {
            return new Outcome.InForce(found);
        }
        if (!found.standing().equals(standing)) {
            return new Outcome.Overtaken();
        }
        var markup = catalog.at(clock.instant()).markupBasisPoints();
        return switch (catalog.publish(new PriceTable(markup, store.models(id)), from, administrator)) {
            case Catalog.Outcome.Refused(String why) -> new Outcome.Refused(why);
            case Catalog.Outcome.Published published -> {
                store.applied(id, published.table().version(), administrator, clock.instant());
                yield new Outcome.InForce(store.find(id).orElseThrow());
            }
        };
    }

    private void checkKnown(Choice choice) {
        choice.providers().forEach(name -> {
            if (catalog.provider(name).isEmpty()) {
                throw new IllegalArgumentException("the catalogue has no provider " + name);
            }
        });
    }

    private Map<String, String> providers() {
        var names = new HashMap<>(properties.providers());
        catalog.providers().stream().map(Provider::name).forEach(name -> names.put(name, name));
        names.values().removeIf(name -> catalog.provider(name).isEmpty());
        return names;
    }
}
