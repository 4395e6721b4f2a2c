package io.quotabank.pool.priceimport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;

import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.contracts.catalog.CatalogRecord.Model;
import io.quotabank.pool.priceimport.Preview.Added;
import io.quotabank.pool.priceimport.Preview.Change;
import io.quotabank.pool.priceimport.Preview.Changed;
import io.quotabank.pool.priceimport.Preview.Dropped;
import io.quotabank.pool.priceimport.Preview.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The shipped catalogue against a file in the shape of LiteLLM's price list. */
class DifferenceTests {

    private static final JsonMapper JSON = new JsonMapper();

    private record Catalogue(List<Model> models) {}

    private static final Catalogue CATALOGUE = JSON.readValue(resource("/catalog.json"), Catalogue.class);
    private static final Choice ALL = new Choice(Set.of(), Set.of());

    private static final Map<String, String> PROVIDERS = Map.of(
            "openai", "openai",
            "anthropic", "anthropic",
            "deepseek", "deepseek",
            "dashscope", "dashscope",
            "zai", "zhipu",
            "moonshot", "moonshot",
            "openrouter", "openrouter");

    private final Difference difference = new Difference(shipped(), PROVIDERS, ALL);

    @Test
    void tellsEachChangeWithItsPercentage() {
        var changed = new TreeMap<String, List<Change>>();
        sample().changed().forEach(change -> changed.put(change.model(), change.changes()));

        assertThat(changed)
                .containsOnlyKeys(
                        "gpt-4o",
                        "claude-sonnet-4.5",
                        "o4-mini",
                        "gpt-5-mini",
                        "gpt-4.1-nano",
                        "kimi-k2",
                        "deepseek-chat");
        assertThat(changed.get("gpt-4o")).containsExactly(change("output", "10.00", "11", "10.00"));
        assertThat(changed.get("claude-sonnet-4.5")).containsExactly(change("output", "15.00", "16", "6.67"));
        assertThat(changed.get("o4-mini")).containsExactly(change("reasoning", null, "4.4", null));
        assertThat(changed.get("gpt-5-mini")).containsExactly(change("cacheRead", "0.025", null, null));
        assertThat(changed.get("gpt-4.1-nano")).containsExactly(change("maxOutputTokens", "32768", "65536", "100.00"));
    }

    @Test
    void tellsWhatHasAPriceInForceAndNoneInTheFile() {
        var vanished = sample().vanished();

        assertThat(vanished.prices())
                .contains(new Dropped("gpt-5-mini", "cacheRead", new BigDecimal("0.025"), "input"));
        assertThat(vanished.models()).containsExactly("gpt-3.5-turbo-instruct", "text-embedding-3-large");
        assertThat(vanished.count())
                .isEqualTo(vanished.models().size() + vanished.prices().size());
    }

    @Test
    void noModelHasVanishedThatWasNotAskedFor() {
        var anthropic = new Choice(Set.of("anthropic"), Set.of());
        assertThat(new Difference(shipped(), PROVIDERS, anthropic)
                        .of(file("{}"))
                        .vanished()
                        .models())
                .contains("claude-sonnet-4.5")
                .doesNotContain("gpt-4o", "deepseek-chat");

        var named = new Choice(Set.of(), Set.of("gpt-4o"));
        var preview = new Difference(shipped(), PROVIDERS, named).of(file("{}"));
        assertThat(preview.vanished().count()).isZero();
        assertThat(preview.refused()).extracting(Refused::key).containsExactly("gpt-4o");
    }

    @Test
    void takesOddNotationsForTheSamePrices() {
        var preview = sample();

        // gpt-4o-mini, gpt-4.1, gpt-4.1-mini, glm-4.5 and text-embedding-3-small cost what they did.
        assertThat(preview.unchanged()).isEqualTo(5);
        assertThat(preview.leftOut()).containsEntry("the same as another row", 1);
    }

    @Test
    void addsModelsByTheNamesThatTheirProvidersHaveForThem() {
        assertThat(sample().added())
                .extracting(Added::model)
                .containsExactlyInAnyOrder(
                        "gpt-4o-audio-preview",
                        "gpt-3.5-turbo",
                        "gpt-5",
                        "claude-opus-4-1",
                        "mistralai/mistral-large",
                        "perplexity/sonar",
                        "deepseek-reasoner");

        var opus = model("claude-opus-4-1");
        assertThat(opus.providers()).containsExactly("anthropic");
        assertThat(opus.inputModalities()).containsExactly("text", "image");
        assertThat(opus.contextTokens()).isEqualTo(232_000);
        assertThat(opus.price().cacheCreation()).isEqualByComparingTo("18.75");
        assertThat(model("mistralai/mistral-large").ownedBy()).isEqualTo("mistralai");
        assertThat(model("perplexity/sonar").price().perRequest()).isEqualByComparingTo("0.005");
        assertThat(model("gpt-3.5-turbo").tokenizer()).isEqualTo("cl100k_base");
        assertThat(model("gpt-5").tokenizer()).isEqualTo("o200k_base");
        // Audio has no class of price, and is refused for a model that does not take it.
        assertThat(model("gpt-4o-audio-preview").inputModalities()).containsExactly("text");
    }

    @Test
    void keepsOurOwnFieldsOfModelsThatItKnows() {
        sample();
        var before = shipped().stream()
                .filter(known -> known.name().equals("claude-sonnet-4.5"))
                .findFirst()
                .orElseThrow();
        var after = model("claude-sonnet-4.5");

        assertThat(after.price().output()).isEqualByComparingTo("16");
        assertThat(after.upstreamNames()).isEqualTo(before.upstreamNames());
        assertThat(after.providers()).isEqualTo(before.providers());
        assertThat(after.tokenizer()).isEqualTo(before.tokenizer());
        assertThat(after.displayName()).isEqualTo(before.displayName());
    }

    /** Also of what a model may be given one day: a component that is not named here is nothing that a file knows. */
    @Test
    void changesNoOtherComponentThanPriceAndSizes() throws Exception {
        var components = Model.class.getRecordComponents();
        var values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            var type = components[i].getType();
            values[i] = type.isEnum()
                    ? type.getEnumConstants()[type.getEnumConstants().length - 1]
                    : components[i].getAccessor().invoke(shipped().getFirst());
        }
        var types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        var known = Model.class.getDeclaredConstructor(types).newInstance(values);
        var row = "{" + row(known.name(), "openai", "9e-6") + "}";

        var changed = new Difference(List.of(known), PROVIDERS, ALL);
        changed.of(file(row.replace("chat", known.mode().wire())));

        var after = changed.models().getFirst();
        assertThat(after.price()).isNotEqualTo(known.price());
        for (var component : components) {
            if (!Set.of("price", "contextTokens", "maxOutputTokens").contains(component.getName())) {
                assertThat(component.getAccessor().invoke(after))
                        .as(component.getName())
                        .isEqualTo(component.getAccessor().invoke(known));
            }
        }
    }

    @Test
    void takesModelsForCompletionsAndEmbeddings() {
        var file = """
                {"words": {"mode": "completion", "litellm_provider": "openai", "input_cost_per_token": 1e-6,
                           "output_cost_per_token": 2e-6, "max_input_tokens": 100, "max_output_tokens": 50},
                 "vectors": {"mode": "embedding", "litellm_provider": "openai", "input_cost_per_token": 3e-8,
                             "max_input_tokens": 200},
                 "gpt-4o-mini": {"mode": "embedding", "litellm_provider": "openai", "input_cost_per_token": 1e-8}}
                """;
        var difference = new Difference(shipped(), PROVIDERS, ALL);

        assertThat(difference.of(file(file)).refused())
                .containsExactly(new Refused("gpt-4o-mini", "the catalogue has it for another use: chat"));
        assertThat(difference.models())
                .filteredOn(model -> List.of("words", "vectors").contains(model.name()))
                .extracting(Model::name, Model::mode, Model::contextTokens, Model::maxOutputTokens)
                .containsExactly(
                        tuple("vectors", Mode.EMBEDDING, 200L, 0L), tuple("words", Mode.COMPLETION, 150L, 50L));
    }

    @Test
    void takesAModelThatCostsNothingOnlyWhereItIsNamed() {
        var file = """
                {"free": {"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": 0,
                          "output_cost_per_token": 0.0, "max_input_tokens": 100, "max_output_tokens": 50}}
                """;

        assertThat(new Difference(shipped(), PROVIDERS, ALL).of(file(file)).refused())
                .containsExactly(
                        new Refused("free", "it would be sold for nothing: name it among the models to take it"));
        var named = new Choice(Set.of(), Set.of("free"));
        assertThat(new Difference(shipped(), PROVIDERS, named).of(file(file)).added())
                .extracting(Added::model)
                .containsExactly("free");
    }

    @Test
    void letsOnlyTheFirstProviderLowerAPrice() {
        var dearer = row("openrouter/anthropic/claude-sonnet-4.5", "openrouter", "4e-6")
                .replace(
                        "1e-5",
                        "2e-5, \"cache_read_input_token_cost\": 3e-7, \"cache_creation_input_token_cost\": 4e-6");
        var cheaper = dearer.replace("4e-6,", "2.9e-6,");

        var refused = new Difference(shipped(), PROVIDERS, ALL).of(file("{" + cheaper + "}"));
        assertThat(refused.refused())
                .containsExactly(new Refused(
                        "openrouter/anthropic/claude-sonnet-4.5",
                        "openrouter is not the first of the model's providers, and asks less than the price in force"));
        assertThat(new Difference(shipped(), PROVIDERS, ALL)
                        .of(file("{" + dearer + "}"))
                        .changed())
                .extracting(Changed::model)
                .containsExactly("claude-sonnet-4.5");
    }

    @Test
    void neverShrinksWhatBoundsAReservation() {
        sample();

        // The file tells 272,000 tokens of input for what the catalogue gives a window of 400,000.
        assertThat(model("gpt-5-mini").contextTokens()).isEqualTo(400_000);
    }

    @Test
    void refusesWhatCannotBeSoldFromWithTheReason() {
        assertThat(sample().refused())
                .containsExactlyInAnyOrder(
                        new Refused(
                                "openai/gpt-4o", "another price for the same model is in the file before it: gpt-4o"),
                        new Refused("o1-pro", "chat, completion and embedding are sold here, not responses"),
                        new Refused("dall-e-3", "chat, completion and embedding are sold here, not image_generation"),
                        new Refused(
                                "whisper-1", "chat, completion and embedding are sold here, not audio_transcription"),
                        new Refused(
                                "ft:gpt-4o-mini-2024-07-18",
                                "it prices fine-tuned models, which have names of their own"),
                        new Refused(
                                "claude-long",
                                "tiered prices are not supported: input_cost_per_token_above_200k_tokens"),
                        new Refused("dashscope/qwen-plus", "tiered prices are not supported: tiered_pricing"),
                        new Refused("negative", "input_cost_per_token is negative: -1e-06"),
                        new Refused("garbled", "input_cost_per_token is not a number: cheap"),
                        new Refused(
                                "beyond",
                                "input_cost_per_token is beyond bounds, 0 to 1 with up to 24 decimals: 1e999"),
                        new Refused("priceless", "it has no input_cost_per_token"),
                        new Refused("boundless", "a new model needs max_input_tokens and max_output_tokens"),
                        new Refused("telepathic", "its mode is not known: telepathy"),
                        new Refused("a list", "it is not an object"));
    }

    @Test
    void accountsForEveryRow() {
        var preview = sample();
        int leftOut =
                preview.leftOut().values().stream().mapToInt(Integer::intValue).sum();

        assertThat(preview.added().size()
                        + preview.changed().size()
                        + preview.unchanged()
                        + preview.refused().size()
                        + leftOut)
                .isEqualTo(preview.rows());
        assertThat(preview.leftOut())
                .containsEntry("of a provider that the catalogue does not have", 2)
                .containsEntry("of a provider that has no say over the model's price", 1);
    }

    @Test
    void namesPricesThatNoClassStandsFor() {
        assertThat(sample().added())
                .filteredOn(added -> added.model().equals("gpt-4o-audio-preview"))
                .first()
                .satisfies(added -> assertThat(added.notTaken())
                        .containsExactly("input_cost_per_audio_token", "output_cost_per_audio_token"));
    }

    @Test
    void namesTablesOfPricesToo() {
        var priced = """
                {"gpt-search": {"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": 1e-6,
                 "output_cost_per_token": 1e-6, "max_input_tokens": 1000, "max_output_tokens": 100,
                 "search_context_cost_per_query": {"search_context_size_low": 0.03}}}""";

        assertThat(difference.of(file(priced)).added())
                .first()
                .satisfies(added -> assertThat(added.notTaken()).containsExactly("search_context_cost_per_query"));
    }

    @Test
    void takesOnlyWhatIsAskedFor() {
        var preview = new Difference(shipped(), PROVIDERS, new Choice(Set.of("openai"), Set.of("gpt-4o", "gpt-7")))
                .of(file(resource("/price-list.json")));

        assertThat(preview.changed()).extracting(Changed::model).containsExactly("gpt-4o");
        assertThat(preview.added()).isEmpty();
        assertThat(preview.refused()).extracting(Refused::key).containsExactlyInAnyOrder("openai/gpt-4o", "gpt-7");
    }

    @Test
    void pricesAModelByTheFirstOfItsProvidersWhateverTheFilesOrder() {
        var direct = row("gpt-4o", "openai", "1e-6");
        var resold = row("openrouter/openai/gpt-4o", "openrouter", "9e-6");
        for (var text : List.of("{" + resold + "," + direct + "}", "{" + direct + "," + resold + "}")) {
            var both = new Difference(shipped(), PROVIDERS, ALL);
            both.of(file(text));
            assertThat(both.models())
                    .filteredOn(model -> model.name().equals("gpt-4o"))
                    .first()
                    .satisfies(model -> assertThat(model.price().input()).isEqualByComparingTo("1"));
        }
        var alone = new Difference(shipped(), PROVIDERS, ALL);
        assertThat(alone.of(file("{" + resold + "}")).changed())
                .extracting(Changed::provider)
                .containsExactly("openrouter");
    }

    @Test
    void refusesAModelThatAnotherProviderServesUnderThatName() {
        assertThat(difference
                        .of(file("{" + row("gpt-4o", "deepseek", "1e-6") + "}"))
                        .refused())
                .containsExactly(new Refused("gpt-4o", "the catalogue has a gpt-4o that deepseek does not serve"));
    }

    @Test
    void refusesARowTwiceAndAMemberTwice() {
        var once = row("gpt-4o", "openai", "1e-6");
        var member = "\"gpt-4.1\": {\"litellm_provider\": \"openai\", \"mode\": \"chat\", \"mode\": \"chat\"}";
        assertThat(difference
                        .of(file("{" + once + "," + once + "," + member + "}"))
                        .refused())
                .containsExactlyInAnyOrder(
                        new Refused("gpt-4o", "it is in the file twice"), new Refused("gpt-4.1", "it has mode twice"));
    }

    @Test
    void refusesAFileThatIsNoPriceList() {
        for (var text : List.of("[]", "1", "{} {}")) {
            assertThatIllegalArgumentException().as(text).isThrownBy(() -> file(text));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PriceFile.read(stream("{" + row("a", "p", "1") + "," + row("b", "p", "1") + "}"), 1));
    }

    private Preview sample() {
        return difference.of(file(resource("/price-list.json")));
    }

    private Model model(String name) {
        return difference.models().stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Change change(String what, String from, String to, String percent) {
        return new Change(what, decimal(from), decimal(to), decimal(percent));
    }

    private static BigDecimal decimal(String text) {
        return text == null ? null : new BigDecimal(text);
    }

    private static String row(String key, String provider, String input) {
        return ("\"%s\": {\"litellm_provider\": \"%s\", \"mode\": \"chat\", \"input_cost_per_token\": %s,"
                        + " \"output_cost_per_token\": 1e-5, \"max_input_tokens\": 1000, \"max_output_tokens\": 100}")
                .formatted(key, provider, input);
    }

    private static List<Model> shipped() {
        return CATALOGUE.models();
    }

    private static List<FileRow> file(String text) {
        return PriceFile.read(stream(text), 1_000);
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String resource(String name) {
        try (var file = DifferenceTests.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
