package io.quotabank.platform.problem;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ProblemDetail;
import tools.jackson.databind.json.JsonMapper;

/** Errors in OpenAI's form, as its clients expect them on {@code /v1}. */
public final class OpenAiErrors {

    private static final JsonMapper JSON = new JsonMapper();

    /**
     * The body of an error answer: {@code {"error":{"message","type","param","code"}}}, UTF-8.
     *
     * @param param the request's member that is at fault
     */
    public static byte[] body(int status, String code, String message, @Nullable String param) {
        var error = JSON.createObjectNode()
                .put("message", message)
                .put("type", type(status, code))
                .put("param", param)
                .put("code", code);
        return JSON.writeValueAsBytes(JSON.createObjectNode().set("error", error));
    }

    static byte[] body(ProblemDetail problem) {
        var properties = problem.getProperties();
        var code = properties == null ? null : properties.get("code");
        return body(problem.getStatus(), String.valueOf(code), String.valueOf(problem.getTitle()), null);
    }

    // As OpenAI names them: https://platform.openai.com/docs/guides/error-codes
    private static String type(int status, String code) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "insufficient_quota";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 429 -> code.equals("insufficient_quota") ? "insufficient_quota" : "rate_limit_error";
            default -> status >= 500 ? "server_error" : "invalid_request_error";
        };
    }

    private OpenAiErrors() {}
}
