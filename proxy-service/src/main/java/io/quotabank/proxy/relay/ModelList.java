package io.quotabank.proxy.relay;

import io.quotabank.platform.identity.Caller;
import io.quotabank.proxy.catalog.Catalog;
import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.routing.Routing;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The models that some key serves and the caller may call, in OpenAI's form. */
final class ModelList {

    private record Model(String id, String object, long created, String owned_by) {}

    private record Models(String object, List<Model> data) {}

    // The catalogue knows no date of a model's making, and clients want a number.
    private static final long CREATED = TimeUnit.DAYS.toSeconds(19_723);
    private static final JsonMapper JSON = new JsonMapper();

    private final Catalog catalog;
    private final Routing routing;

    ModelList(Catalog catalog, Routing routing) {
        this.catalog = catalog;
        this.routing = routing;
    }

    byte[] all(Caller caller, long nowMs) {
        var models = catalog.models(nowMs).stream()
                .filter(model -> offered(model, caller))
                .map(ModelList::entry)
                .toList();
        return JSON.writeValueAsBytes(new Models("list", models));
    }

    /** Null where there is no such model for the caller. */
    byte @Nullable [] one(String name, Caller caller, long nowMs) {
        return catalog.find(name, nowMs)
                .filter(model -> offered(model, caller))
                .map(model -> JSON.writeValueAsBytes(entry(model)))
                .orElse(null);
    }

    private boolean offered(PricedModel model, Caller caller) {
        var name = model.model().name();
        var allowed = caller.allowedModels();
        return (allowed.isEmpty() || allowed.contains(name)) && routing.serves(name);
    }

    private static Model entry(PricedModel model) {
        return new Model(model.model().name(), "model", CREATED, model.model().ownedBy());
    }
}
