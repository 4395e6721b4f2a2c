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

    /** The two forms in which errors are told. */
    public enum Form {
        OPEN_AI("application/json"),
        PROBLEM("application/problem+json");

        private final String contentType;

        Form(String contentType) {
            this.contentType = contentType;
        }
    }

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

    public String contentType(Form form) {
        return form.contentType;
    }

    /** The body in UTF-8. */
    public byte[] body(Form form, String requestId) {
        return switch (form) {
            case OPEN_AI -> OpenAiErrors.body(status, code, message, null);
            case PROBLEM -> JSON.writeValueAsBytes(document(requestId));
        };
    }

    private SequencedMap<String, Object> document(String requestId) {
        var known = Problems.of(problem);
        var document = new LinkedHashMap<String, Object>();
        document.put("type", String.valueOf(known.getType()));
        document.put("title", String.valueOf(known.getTitle()));
        document.put("status", known.getStatus());
        document.put("detail", message);
        document.put("code", problem);
        document.put("requestId", requestId);
        return document;
    }
}
