package io.quotabank.proxy.models;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.platform.identity.Caller;
import io.quotabank.proxy.catalog.TestCatalog;
import io.quotabank.proxy.models.Models.Form;
import io.quotabank.proxy.routing.TestRouting;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelsTests {

    private static final JsonMapper JSON = new JsonMapper();

    private final Models models = new Models(
            TestCatalog.of(
                    TestCatalog.model("small"),
                    TestCatalog.model("deep/thought"),
                    TestCatalog.embedding("embed"),
                    TestCatalog.model("unserved")),
            TestRouting.of(TestRouting.key(
                    UUID.randomUUID(),
                    UUID.randomUUID(),
                    "sandbox",
                    "http://x",
                    "s",
                    "small",
                    "deep/thought",
                    "embed")));

    @Test
    void listsWhatSomeKeyServesWithWhatEachClientLooksFor() {
        var list = list(Form.ALL, null);

        assertThat(list.path("object").asString()).isEqualTo("list");
        assertThat(list.path("has_more").asBoolean(true)).isFalse();
        assertThat(list.path("first_id").asString()).isEqualTo("small");
        assertThat(list.path("last_id").asString()).isEqualTo("embed");
        assertThat(list.has("models")).isFalse();
        assertThat(ids(list)).containsExactly("small", "deep/thought", "embed");
        assertThat(list.at("/data/0")).isEqualTo(JSON.readTree("""
                        {"id": "small", "object": "model", "created": 1704067200, "owned_by": "somebody",
                         "name": "small", "display_name": "small", "type": "model",
                         "created_at": "2024-01-01T00:00:00Z", "context_length": 128000,
                         "architecture": {"input_modalities": ["text"], "output_modalities": ["text"],
                          "tokenizer": "o200k_base"},
                         "pricing": {"prompt": "0.000003", "completion": "0.000015", "request": "0", "image": "0",
                          "input_cache_read": "0.0000003"},
                         "top_provider": {"context_length": 128000, "max_completion_tokens": 1000},
                         "supported_parameters": ["max_tokens", "temperature", "top_p", "stop", "frequency_penalty",
                          "presence_penalty", "seed", "tools", "tool_choice", "response_format"],
                         "supported_endpoint_types": ["openai"]}
                        """));
    }

    @Test
    void saysWhatAnEmbeddingModelIsFor() {
        var model = read(models.one("embed", Form.ALL, null, 1));

        assertThat(model.at("/supported_endpoint_types/0").asString()).isEqualTo("embeddings");
        assertThat(model.at("/architecture/output_modalities/0").asString()).isEqualTo("embeddings");
        assertThat(model.at("/pricing/completion").asString()).isEqualTo("0");
        assertThat(model.at("/top_provider/max_completion_tokens").isNull()).isTrue();
    }

    @Test
    void listsForAKeyOnlyWhatItMayCall() {
        var caller = new Caller(
                UUID.randomUUID().toString(),
                Set.of("user"),
                UUID.randomUUID(),
                List.of("embed", "unserved"),
                null,
                null);

        assertThat(ids(list(Form.ALL, caller))).containsExactly("embed");
        assertThat(models.one("small", Form.ALL, caller, 1)).isNull();
        assertThat(models.one("unserved", Form.ALL, caller, 1)).isNull();
        assertThat(models.one("embed", Form.ALL, caller, 1)).isNotNull();
    }

    @Test
    void speaksAnthropicsFormWhenAsked() {
        assertThat(list(Form.ANTHROPIC, null).at("/data/1"))
                .isEqualTo(JSON.readTree("{\"id\":\"deep/thought\",\"type\":\"model\",\"display_name\":"
                        + "\"deep/thought\",\"created_at\":\"2024-01-01T00:00:00Z\"}"));
        assertThat(read(models.one("deep/thought", Form.ANTHROPIC, null, 1)).has("object"))
                .isFalse();
    }

    /** The members without which Codex refuses the whole list. */
    @Test
    void listsChatsForCodexBesides() {
        var list = list(Form.CODEX, null);

        assertThat(ids(list)).hasSize(3);
        assertThat(list.path("models")).hasSize(2);
        assertThat(list.at("/models/0").propertyNames())
                .contains(
                        "slug",
                        "display_name",
                        "supported_reasoning_levels",
                        "shell_type",
                        "visibility",
                        "supported_in_api",
                        "priority",
                        "base_instructions",
                        "support_verbosity",
                        "truncation_policy",
                        "supports_parallel_tool_calls",
                        "experimental_supported_tools");
        assertThat(list.at("/models/0/slug").asString()).isEqualTo("small");
    }

    private JsonNode list(Form form, @Nullable Caller caller) {
        return read(models.list(form, caller, 1));
    }

    private static List<String> ids(JsonNode list) {
        return list.path("data")
                .valueStream()
                .map(model -> model.path("id").asString())
                .toList();
    }

    private static JsonNode read(byte @Nullable [] json) {
        assertThat(json).isNotNull();
        return JSON.readTree(json);
    }
}
