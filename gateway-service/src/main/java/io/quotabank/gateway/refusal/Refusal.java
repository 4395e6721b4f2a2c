package io.quotabank.gateway.refusal;

import io.quotabank.platform.problem.OpenAiErrors;
import io.quotabank.platform.problem.Problems;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Why a request is turned away at the door.
 *
 * @param status the HTTP status
 * @param code as OpenAI's clients know it, on the relayed paths
 * @param problem the code in the catalogue of problems, everywhere else
 * @param message for people, without anything that is not the caller's own
 * @param retryAfterS seconds after which another try may help; 0 when another try can't help
 */
public record Refusal(int status, String code, String problem, String message, int retryAfterS) {

    /** How an address tells errors. */
    public sealed interface Form {

        /** As OpenAI does, in English: programs read it. */
        record OpenAi() implements Form {}

        /**
         * A problem document.
         *
         * @param acceptLanguage the request's header
         */
        record Document(@Nullable String acceptLanguage) implements Form {}

        default String contentType() {
            return switch (this) {
                case OpenAi openAi -> "application/json";
                case Document document -> "application/problem+json";
            };
        }
    }

    public static final Form OPEN_AI = new Form.OpenAi();

    public static final String RETRY_AFTER = "retry-after";
    public static final String RETRY_AFTER_MS = "retry-after-ms";
    public static final String SHOULD_RETRY = "x-should-retry";

    private static final JsonMapper JSON = new JsonMapper();

    /** 401: nobody we know is calling. */
    public static Refusal unauthenticated(String code, String message) {
        return new Refusal(401, code, "unauthenticated", message, 0);
    }

    public static Refusal unauthenticated(String message) {
        return unauthenticated("invalid_api_key", message);
    }

    public static Refusal forbidden(String message) {
        return new Refusal(403, "forbidden", "forbidden", message, 0);
    }

    public static Refusal malformed(String message) {
        return new Refusal(400, "invalid_request", "malformed_request", message, 0);
    }

    public static Refusal notFound() {
        return new Refusal(404, "not_found", "not_found", "There is nothing at this address.", 0);
    }

    /** @param meant the path that was most likely meant */
    public static Refusal notFound(String meant) {
        var message = "There is nothing at this address; did you mean " + meant + "?";
        return new Refusal(404, "not_found", "not_found", message, 0);
    }

    public static Refusal tooLarge(long mostBytes) {
        var message = "The request's body is larger than " + mostBytes + " bytes.";
        return new Refusal(413, "request_too_large", "request_too_large", message, 0);
    }

    public static Refusal unavailable(String message, int retryAfterS) {
        return new Refusal(503, "service_unavailable", "service_unavailable", message, retryAfterS);
    }

    /** The header {@code x-should-retry}: null where a client's own rule is right. */
    public @Nullable String shouldRetry() {
        return status < 500 && retryAfterS == 0 ? "false" : null;
    }

    /** The body in UTF-8. */
    public byte[] body(Form form, String requestId) {
        return switch (form) {
            case Form.OpenAi openAi -> OpenAiErrors.body(status, code, message, null);
            case Form.Document(String acceptLanguage) -> JSON.writeValueAsBytes(document(requestId, acceptLanguage));
        };
    }

    private SequencedMap<String, Object> document(String requestId, @Nullable String acceptLanguage) {
        var known = Problems.of(problem, message);
        Problems.say(known, acceptLanguage);
        var document = new LinkedHashMap<String, Object>();
        document.put("type", String.valueOf(known.getType()));
        document.put("title", String.valueOf(known.getTitle()));
        document.put("status", known.getStatus());
        document.put("detail", String.valueOf(known.getDetail()));
        document.put("code", problem);
        document.put("requestId", requestId);
        return document;
    }
}
