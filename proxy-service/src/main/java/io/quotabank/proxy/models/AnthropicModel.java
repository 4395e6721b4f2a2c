package io.quotabank.proxy.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.proxy.catalog.PricedModel;

/** A model as Anthropic lists it. */
record AnthropicModel(
        String id,
        String type,
        @JsonProperty("display_name") String displayName,
        @JsonProperty("created_at") String createdAt) {

    static AnthropicModel of(PricedModel priced) {
        var model = priced.model();
        return new AnthropicModel(model.name(), "model", model.displayName(), ListedModel.CREATED_AT);
    }
}
