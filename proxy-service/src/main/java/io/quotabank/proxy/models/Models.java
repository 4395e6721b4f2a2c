package io.quotabank.proxy.models;

import io.quotabank.platform.identity.Caller;
import io.quotabank.proxy.catalog.Catalog;
import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.routing.Routing;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The models that some key serves and the caller may call; without a caller, all that anybody may. */
public final class Models {

    /** Whose list of models it looks like. */
    public enum Form {
        /** OpenAI's, with what OpenRouter and New API add to it. */
        ALL,
        /** {@link #ALL}, with Codex's own list beside it. */
        CODEX,
        ANTHROPIC
    }

    private static final JsonMapper JSON = new JsonMapper();

    private final Catalog catalog;
    private final Routing routing;

    public Models(Catalog catalog, Routing routing) {
        this.catalog = catalog;
        this.routing = routing;
    }

    /** The whole list as JSON; there are no further pages. */
    public byte[] list(Form form, @Nullable Caller caller, long nowMs) {
        var models = catalog.models(nowMs).stream()
                .filter(model -> offered(model, caller))
                .toList();
        return JSON.writeValueAsBytes(list(form, models));
    }

    /** One model as JSON; null where there is none of that name for the caller. */
    public byte @Nullable [] one(String name, Form form, @Nullable Caller caller, long nowMs) {
        return catalog.find(name, nowMs)
                .filter(model -> offered(model, caller))
                .map(model -> JSON.writeValueAsBytes(
                        form == Form.ANTHROPIC ? AnthropicModel.of(model) : ListedModel.of(model)))
                .orElse(null);
    }

    private boolean offered(PricedModel model, @Nullable Caller caller) {
        var name = model.model().name();
        return (caller == null || mayCall(caller, name)) && routing.serves(name);
    }

    private static boolean mayCall(Caller caller, String model) {
        var allowed = caller.allowedModels();
        return allowed.isEmpty() || allowed.contains(model);
    }

    private static Listing<?> list(Form form, List<PricedModel> models) {
        return switch (form) {
            case ALL -> Listing.of(models, ListedModel::of);
            case CODEX -> Listing.of(models, ListedModel::of).with(CodexModel.chatsOf(models));
            case ANTHROPIC -> Listing.of(models, AnthropicModel::of);
        };
    }
}
