package io.quotabank.proxy.catalog;

import io.quotabank.contracts.catalog.CatalogRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Price tables, followed from {@code catalog.v1}. Reading is lock-free; a model without a price is not found. */
public final class Catalog {

    // Tables older than the one in force can't come into force again unless the clock is set back: some are kept.
    private static final int OUTDATED_TABLES_KEPT = 16;

    private record Table(long version, long validFromMs, Map<String, PricedModel> models) {}

    // Newest version first.
    private volatile List<Table> tables = List.of();

    /** The model at the newest price version whose start has come. */
    public Optional<PricedModel> find(String name, long nowMs) {
        var table = inForce(nowMs);
        return table == null
                ? Optional.empty()
                : Optional.ofNullable(table.models().get(name));
    }

    /** Every model that has a price now, in the catalogue's order. */
    public List<PricedModel> models(long nowMs) {
        var table = inForce(nowMs);
        return table == null ? List.of() : List.copyOf(table.models().values());
    }

    /** True once there is a price table. */
    public boolean ready() {
        return !tables.isEmpty();
    }

    /** Takes a table. The same version again replaces nothing: versions don't change. */
    synchronized void put(CatalogRecord record, long nowMs) {
        if (tables.stream().anyMatch(table -> table.version() == record.version())) {
            return;
        }
        var all = new ArrayList<>(tables);
        all.add(new Table(record.version(), record.validFromMs(), priced(record)));
        all.sort(Comparator.comparingLong(Table::version).reversed());
        tables = List.copyOf(withoutOutdated(all, nowMs));
    }

    private @Nullable Table inForce(long nowMs) {
        for (var table : tables) {
            if (table.validFromMs() <= nowMs) {
                return table;
            }
        }
        return null;
    }

    private static Collection<Table> withoutOutdated(List<Table> all, long nowMs) {
        int inForce = 0;
        while (inForce < all.size() && all.get(inForce).validFromMs() > nowMs) {
            inForce++;
        }
        return all.subList(0, Math.min(all.size(), inForce + 1 + OUTDATED_TABLES_KEPT));
    }

    private static Map<String, PricedModel> priced(CatalogRecord record) {
        var models = new LinkedHashMap<String, PricedModel>();
        if (!record.markupBasisPoints().isEmpty()) {
            for (var model : record.models()) {
                models.put(model.name(), new PricedModel(model, record.version(), record.markupBasisPoints()));
            }
        }
        return models;
    }
}
