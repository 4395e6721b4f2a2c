package io.quotabank.proxy.relay;

import io.quotabank.contracts.money.Credits;
import io.quotabank.platform.problem.OpenAiErrors;
import io.quotabank.proxy.body.MalformedRequestException;
import io.quotabank.proxy.body.Operation;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A request that is refused by us, in the protocol's own error form.
 *
 * @param param the request's member at fault
 * @param retryAfter when asking again may help; null where it would not
 */
record Refusal(
        int status,
        String code,
        String message,
        @Nullable String param,
        @Nullable Duration retryAfter) {

    // By then the keys that are out have been tried again, however long their providers asked to be left alone.
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    // The official clients take no longer wait for an answer, and ask again within seconds.
    private static final Duration CLIENTS_WAIT = Duration.ofMinutes(1);

    private static final Duration A_MOMENT = Duration.ofSeconds(1);

    static Refusal unknownCaller() {
        return new Refusal(401, "invalid_api_key", "The key or token is missing, wrong or expired.", null, null);
    }

    static Refusal notAPerson() {
        return new Refusal(403, "forbidden", "Services can't spend credits.", null, null);
    }

    static Refusal malformed(MalformedRequestException malformed) {
        var message = malformed.getMessage();
        return new Refusal(400, "invalid_request", message == null ? "" : message, malformed.param(), null);
    }

    static Refusal tooLarge(long limitBytes) {
        return new Refusal(413, "request_too_large", "The body is above " + limitBytes + " bytes.", null, null);
    }

    static Refusal answerTooLarge() {
        var message = "The answer is larger than can be passed on: ask for less in one request.";
        return new Refusal(400, "answer_too_large", message, null, null);
    }

    static Refusal noModel() {
        return new Refusal(400, "invalid_request", "'model' is missing.", "model", null);
    }

    static Refusal modelNotAllowed(String model) {
        return new Refusal(403, "model_not_allowed", "This key may not call '" + model + "'.", "model", null);
    }

    static Refusal unknownModel(String model) {
        var message = "The model '" + model + "' does not exist or has no price.";
        return new Refusal(404, "model_not_found", message, "model", null);
    }

    static Refusal wrongCall(String model, Operation right) {
        var message = "The model '" + model + "' can't be called here; it is for /v1" + right.path() + ".";
        return new Refusal(400, "unsupported_model", message, "model", null);
    }

    static Refusal unknownToProviders(String model) {
        return new Refusal(404, "model_not_found", "No provider here knows the model '" + model + "'.", "model", null);
    }

    /** @param meant the address that was most likely meant */
    static Refusal noSuchPath(String meant) {
        var message = "There is nothing at this address; did you mean " + meant + "?";
        return new Refusal(404, "not_found", message, null, null);
    }

    static Refusal wrongMethod() {
        return new Refusal(405, "method_not_allowed", "This address does not take that method.", null, null);
    }

    static Refusal insufficient(Credits available, Credits needed) {
        var message = "Not enough credits: " + available + " available, up to " + needed + " needed.";
        return new Refusal(402, "insufficient_quota", message, null, null);
    }

    static Refusal capReached(Credits left, Credits needed) {
        var message = "The access key's spending cap has " + left + " credits left, up to " + needed + " are needed.";
        return new Refusal(402, "access_key_cap_reached", message, null, null);
    }

    static Refusal unavailable(Duration retryAfter) {
        return new Refusal(503, "service_unavailable", "Requests can't be booked at the moment.", null, retryAfter);
    }

    /** As much as fits is under way here; some of it ends within a moment. */
    static Refusal noRoom() {
        var message = "Too many or too large requests are under way at the moment.";
        return new Refusal(503, "service_unavailable", message, null, A_MOMENT);
    }

    static Refusal noKey(String model, Duration retryAfter) {
        var message = "No key can serve '" + model + "' at the moment.";
        return new Refusal(503, "no_available_key", message, null, retryAfter);
    }

    /** No key of any owner is for the model. */
    static Refusal unserved(String model) {
        var message = "No deposited key serves '" + model + "' now. GET /v1/models lists the models that are served.";
        return new Refusal(503, "no_available_key", message, "model", null);
    }

    static Refusal rateLimited(String model, Duration retryAfter) {
        var message = "All keys for '" + model + "' have reached their rate limits.";
        return new Refusal(429, "rate_limit_exceeded", message, null, retryAfter);
    }

    static Refusal timedOut() {
        return new Refusal(504, "timeout", "The provider did not answer within the longest request time.", null, null);
    }

    static Refusal fault() {
        return new Refusal(500, "internal_error", "The request failed here, not at the provider.", null, null);
    }

    byte[] body() {
        return OpenAiErrors.body(status, code, message, param);
    }

    void write(HttpServletResponse response) throws IOException {
        var body = body();
        response.setStatus(status);
        response.setContentType("application/json");
        if (retryAfter != null) {
            // Rounded up: a caller that comes back to the second must not be early.
            var wait = retryAfter.compareTo(LONGEST_WAIT) < 0 ? retryAfter : LONGEST_WAIT;
            response.setHeader("retry-after", Long.toString(wait.plusMillis(999).toSeconds()));
            response.setHeader("retry-after-ms", Long.toString(wait.toMillis()));
        }
        if (!mayPassSoon()) {
            // The official clients would ask again a few times otherwise, and none too late for such a wait.
            response.setHeader("x-should-retry", "false");
        }
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** A fault here or at providers may have passed with a second try, unless it is for what the request asks. */
    private boolean mayPassSoon() {
        return retryAfter == null ? status >= 500 && param == null : retryAfter.compareTo(CLIENTS_WAIT) <= 0;
    }
}
