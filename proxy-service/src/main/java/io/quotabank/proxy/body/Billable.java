package io.quotabank.proxy.body;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Members of a request that change what the provider bills beyond the tokens that a price table knows. What has no price
 * here is refused, for a reservation has to be the most that a request can cost; docs/settlement.md lists them.
 */
final class Billable {

    private static final char LAST_ASCII = 0x7F;

    /** Paid by the search, by the page, or at another model's price. */
    private static final Set<String> UNPRICED = Set.of(
            "web_search_options",
            "search_parameters",
            "enable_search",
            "plugins",
            "models",
            "preset",
            "provider",
            "route");

    /** What is read of a request to price it, besides what has no price. */
    private static final Set<String> PRICED = Set.of(
            "model",
            "stream",
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "n",
            "best_of",
            "messages",
            "prompt",
            "suffix",
            "echo",
            "input",
            "prediction",
            "service_tier",
            "modalities",
            "tools");

    /** Never dearer than a request that names no tier. */
    private static final Set<String> TIERS = Set.of("auto", "default", "flex");

    /** What the caller runs itself; all others are run, and charged for, by the provider. */
    private static final Set<String> OWN_TOOLS = Set.of("function", "custom");

    /** Counted by the tokenizer, or known to reach no model. */
    private static final Set<String> COUNTED_OR_FREE =
            Set.of("functions", "response_format", "metadata", "user", "stop", "logit_bias", "tool_choice");

    /** True for what a model may read of a request besides its messages: bounded by its bytes. */
    static boolean mayCostInput(String name, JsonToken value) {
        boolean text = value == JsonToken.VALUE_STRING || value.isStructStart();
        return text && !COUNTED_OR_FREE.contains(name);
    }

    static boolean isUnpriced(String name) {
        return UNPRICED.contains(name);
    }

    /**
     * True for a name that a reader who minds no case, as Go's, takes for one that is priced. Such a reader takes a long s
     * (U+017F) for an s, and the sign of kelvins (U+212A) for a k.
     */
    static boolean isPricedInOtherCase(String name) {
        if (name.chars().noneMatch(letter -> letter > LAST_ASCII || Character.isUpperCase(letter))) {
            return false;
        }
        var folded = name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return PRICED.contains(folded) || UNPRICED.contains(folded);
    }

    /** For a member that {@linkplain #isUnpriced has no price}: only what switches it off may go. */
    static void unpriced(JsonToken value, String name) throws MalformedRequestException {
        if (value != JsonToken.VALUE_NULL && value != JsonToken.VALUE_FALSE) {
            throw new MalformedRequestException("'" + name + "' costs extra, and has no price here.", name);
        }
    }

    static void serviceTier(JsonParser json, JsonToken value) throws MalformedRequestException {
        if (value != JsonToken.VALUE_NULL && !isOneOf(TIERS, json, value)) {
            throw new MalformedRequestException(
                    "'service_tier' may be 'auto', 'default' or 'flex'; others have no price here.", "service_tier");
        }
    }

    static void modalities(JsonParser json, JsonToken value) throws MalformedRequestException {
        if (value == JsonToken.VALUE_NULL) {
            return;
        }
        if (value != JsonToken.START_ARRAY) {
            throw new MalformedRequestException("'modalities' is not an array.", "modalities");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (!isOneOf(Set.of("text"), json, json.currentToken())) {
                throw new MalformedRequestException(
                        "'modalities' may have 'text' only; others have no price here.", "modalities");
            }
        }
    }

    static void tools(JsonParser json, JsonToken value) throws MalformedRequestException {
        if (value != JsonToken.START_ARRAY) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == JsonToken.START_OBJECT) {
                tool(json);
            } else {
                json.skipChildren();
            }
        }
    }

    private static void tool(JsonParser json) throws MalformedRequestException {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean type = json.currentName().equals("type");
            var value = json.nextToken();
            if (type && !isOneOf(OWN_TOOLS, json, value)) {
                throw new MalformedRequestException(
                        "A tool's 'type' may be 'function' or 'custom'; others have no price here.", "tools");
            }
            json.skipChildren();
        }
    }

    private static boolean isOneOf(Set<String> allowed, JsonParser json, @Nullable JsonToken value) {
        return value == JsonToken.VALUE_STRING && allowed.contains(json.getString());
    }

    private Billable() {}
}
