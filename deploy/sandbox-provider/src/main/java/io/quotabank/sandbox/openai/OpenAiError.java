package io.quotabank.sandbox.openai;

import io.quotabank.sandbox.token.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * An error as OpenAI answers it.
 *
 * @param param the request's member at fault, by its path
 * @param code for programs
 */
record OpenAiError(
        int status,
        String message,
        String type,
        @Nullable String param,
        @Nullable String code) {

    private static final String INVALID = "invalid_request_error";

    /** Carries an error out of the reading of a request. */
    static final class Malformed extends RuntimeException {
        private final transient OpenAiError error;

        Malformed(OpenAiError error) {
            super(error.message(), null, false, false);
            this.error = error;
        }

        OpenAiError error() {
            return error;
        }
    }

    static OpenAiError invalid(String message, @Nullable String param, @Nullable String code) {
        return new OpenAiError(400, message, INVALID, param, code);
    }

    static OpenAiError noKey() {
        var message = "You didn't provide an API key. You need to provide your API key in an Authorization header using"
                + " Bearer auth (i.e. Authorization: Bearer YOUR_KEY).";
        return new OpenAiError(401, message, INVALID, null, null);
    }

    static OpenAiError wrongKey(String key) {
        var message = "Incorrect API key provided: " + masked(key) + ".";
        return new OpenAiError(401, message, INVALID, null, "invalid_api_key");
    }

    private static String masked(String key) {
        return key.length() < 12
                ? "*".repeat(key.length())
                : key.substring(0, 4) + "****" + key.substring(key.length() - 4);
    }

    static OpenAiError noSuchModel(String model) {
        var message = "The model `" + model + "` does not exist or you do not have access to it.";
        return new OpenAiError(404, message, INVALID, null, "model_not_found");
    }

    static OpenAiError noMoney() {
        var message = "You exceeded your current quota, please check your plan and billing details.";
        return new OpenAiError(429, message, "insufficient_quota", null, "insufficient_quota");
    }

    static OpenAiError noSuchAddress(String method, String path) {
        return new OpenAiError(404, "Invalid URL (" + method + " " + path + ")", INVALID, null, null);
    }

    static OpenAiError wrongMethod(String method, String path) {
        var message = "Not allowed to " + method + " on " + path + ".";
        return new OpenAiError(405, message, INVALID, null, "method_not_supported");
    }

    static OpenAiError overloaded() {
        return new OpenAiError(
                503, "The engine is currently overloaded, please try again later.", "server_error", null, null);
    }

    static OpenAiError serverError() {
        var message = "The server had an error while processing your request. Sorry about that!";
        return new OpenAiError(500, message, "server_error", null, null);
    }

    /** The error that usually goes with a status. */
    static OpenAiError usual(int status) {
        return switch (status) {
            case 400 -> invalid("The request was refused on purpose.", null, null);
            case 401 -> new OpenAiError(401, "Incorrect API key provided.", INVALID, null, "invalid_api_key");
            case 402 -> new OpenAiError(402, "Insufficient Balance", "unknown_error", null, "invalid_request_error");
            case 403 ->
                new OpenAiError(
                        403,
                        "Country, region, or territory not supported",
                        "request_forbidden",
                        null,
                        "unsupported_country_region_territory");
            case 404 -> new OpenAiError(404, "The model does not exist.", INVALID, null, "model_not_found");
            case 429 -> new OpenAiError(429, "Rate limit reached.", "requests", null, "rate_limit_exceeded");
            case 500 -> serverError();
            case 503 -> overloaded();
            default ->
                new OpenAiError(
                        status, "The request failed on purpose.", status < 500 ? INVALID : "server_error", null, null);
        };
    }

    OpenAiError withCode(@Nullable String otherCode) {
        return otherCode == null ? this : new OpenAiError(status, message, type, param, otherCode);
    }

    String json() {
        return "{\"error\":{\"message\":" + quoted(message) + ",\"type\":" + quoted(type) + ",\"param\":"
                + quoted(param) + ",\"code\":" + quoted(code) + "}}";
    }

    private static String quoted(@Nullable String text) {
        return text == null ? "null" : "\"" + Tokenizer.escape(text) + "\"";
    }
}
