package io.quotabank.pool.priceimport;

import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.pool.priceimport.Preview.Added;
import io.quotabank.pool.priceimport.Preview.Changed;
import io.quotabank.pool.priceimport.Preview.Dropped;
import io.quotabank.pool.priceimport.Preview.Refused;
import io.quotabank.pool.priceimport.Preview.Vanished;
import io.quotabank.pool.priceimport.RowReader.Reading;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A price file held against the models in force.
 *
 * <p>A row is its provider's ({@code litellm_provider}), and names the model as that provider does, with or without the
 * provider before it ({@code openai/gpt-4o} is {@code gpt-4o} at openai). It prices the model of the catalogue that goes
 * by that name at that provider; where there is none, it adds one. A model of several providers has one price: that of
 * the first of its providers that has a row in the file. Of rows that mean the same, the first counts.
 */
final class Difference {

    private record Candidate(ListedModel row, @Nullable Model known) {
        String model() {
            return known == null ? row.name() : known.name();
        }

        /** The lower, the more it has the say over the model's price. */
        int rank() {
            return known == null ? 0 : known.providers().indexOf(row.provider());
        }
    }

    private final Map<String, Model> models = new TreeMap<>();
    private final Map<String, Model> byUpstreamName = new HashMap<>();
    private final List<Model> inForce;
    private final Set<String> listed = new HashSet<>();
    private final Map<String, String> providers;
    private final Choice choice;

    private final Map<String, Candidate> candidates = new LinkedHashMap<>();
    private final Set<String> sought;
    private final List<Added> added = new ArrayList<>();
    private final List<Changed> changed = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();
    private final Map<String, Integer> leftOut = new TreeMap<>();
    private int unchanged;
    private int rows;

    /**
     * @param providers our providers by the names that files may have for them
     */
    Difference(Collection<Model> inForce, Map<String, String> providers, Choice choice) {
        this.providers = Map.copyOf(providers);
        this.choice = choice;
        this.inForce = List.copyOf(inForce);
        this.sought = new HashSet<>(choice.models());
        inForce.forEach(model -> {
            models.put(model.name(), model);
            model.providers()
                    .forEach(provider -> byUpstreamName.put(
                            place(provider, model.upstreamNames().getOrDefault(provider, model.name())), model));
        });
    }

    /** Looks at every row; once. */
    Preview of(List<FileRow> file) {
        rows = file.size();
        file.forEach(this::weigh);
        candidates.values().forEach(this::settle);
        sought.stream()
                .sorted()
                .forEach(name -> refused.add(new Refused(name, "the file has no row for it at these providers")));
        return new Preview(rows, added, changed, unchanged, refused, leftOut, Vanished.of(notListed(), dropped()));
    }

    /** Where models were asked for by name, those that have no row are refused instead. */
    private List<String> notListed() {
        return inForce.stream()
                .filter(model -> choice.models().isEmpty() && !listed.contains(model.name()))
                .filter(model -> model.providers().stream()
                        .anyMatch(provider -> providers.containsValue(provider) && choice.wantsProvider(provider)))
                .map(Model::name)
                .sorted()
                .toList();
    }

    private List<Dropped> dropped() {
        return changed.stream()
                .flatMap(change -> Merging.dropped(change.model(), change.changes()).stream())
                .toList();
    }

    /** All models as they are with the rows that were taken; those that the file does not name stay as they are. */
    List<Model> models() {
        return List.copyOf(models.values());
    }

    private void weigh(FileRow row) {
        var provider = providers.get(String.valueOf(row.text("litellm_provider")));
        if (row.fault() == null && provider == null) {
            leaveOut("of a provider that the catalogue does not have");
            return;
        }
        var name = RowReader.upstreamName(row);
        var known = provider == null ? null : byUpstreamName.get(place(provider, name));
        var model = known == null ? name : known.name();
        listed.add(model);
        if ((provider != null && !choice.wantsProvider(provider)) || !choice.wantsModel(row.key(), name, model)) {
            leaveOut("not asked for");
            return;
        }
        sought.removeAll(List.of(row.key(), name, model));
        switch (RowReader.read(row, String.valueOf(provider))) {
            case Reading.Refused no -> refused.add(new Refused(row.key(), no.reason()));
            case Reading.Listed listed -> consider(new Candidate(listed.model(), known));
        }
    }

    private void consider(Candidate candidate) {
        var row = candidate.row();
        if (candidate.known() == null && models.containsKey(row.name())) {
            refuse(row, "the catalogue has a %s that %s does not serve".formatted(row.name(), row.provider()));
            return;
        }
        if (candidate.known() != null && candidate.known().mode() != row.mode()) {
            refuse(
                    row,
                    "the catalogue has it for another use: "
                            + candidate.known().mode().wire());
            return;
        }
        if (candidate.known() == null
                && (row.inputTokens().isEmpty() || row.outputTokens().isEmpty())) {
            refuse(row, "a new model needs max_input_tokens and max_output_tokens");
            return;
        }
        if (candidate.known() == null && isFree(row) && !choice.names(row.key(), row.name())) {
            refuse(row, "it would be sold for nothing: name it among the models to take it");
            return;
        }
        var other = candidates.get(candidate.model());
        if (other == null) {
            candidates.put(candidate.model(), candidate);
        } else if (candidate.rank() < other.rank()) {
            candidates.put(candidate.model(), candidate);
            leaveOut("of a provider that has no say over the model's price");
        } else if (candidate.rank() > other.rank()) {
            leaveOut("of a provider that has no say over the model's price");
        } else if (Merging.samePrice(row.price(), other.row().price())) {
            leaveOut("the same as another row");
        } else {
            refuse(
                    row,
                    "another price for the same model is in the file before it: "
                            + other.row().key());
        }
    }

    private static boolean isFree(ListedModel row) {
        var price = row.price();
        boolean perRequest = price.perRequest() != null && price.perRequest().signum() > 0;
        return price.input().signum() == 0 && price.output().signum() == 0 && !perRequest;
    }

    private void settle(Candidate candidate) {
        var row = candidate.row();
        var known = candidate.known();
        if (known != null && candidate.rank() > 0 && Merging.isCheaper(row.price(), known.price())) {
            refuse(
                    row,
                    "%s is not the first of the model's providers, and asks less than the price in force"
                            .formatted(row.provider()));
            return;
        }
        var model = known == null ? Merging.made(row) : Merging.merged(known, row);
        if (known == null) {
            added.add(new Added(
                    row.key(),
                    model.name(),
                    row.provider(),
                    model.price(),
                    model.contextTokens(),
                    model.maxOutputTokens(),
                    row.notTaken()));
        } else {
            var changes = Merging.changes(known, model);
            if (changes.isEmpty()) {
                unchanged++;
                return;
            }
            changed.add(new Changed(row.key(), model.name(), row.provider(), changes, row.notTaken()));
        }
        models.put(model.name(), model);
    }

    private void refuse(ListedModel row, String reason) {
        refused.add(new Refused(row.key(), reason));
    }

    private void leaveOut(String reason) {
        leftOut.merge(reason, 1, Integer::sum);
    }

    private static String place(String provider, String name) {
        return provider + "\n" + name;
    }
}
