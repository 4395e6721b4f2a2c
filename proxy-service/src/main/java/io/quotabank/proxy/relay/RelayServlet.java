package io.quotabank.proxy.relay;

import io.quotabank.platform.id.Ids;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.identity.InternalTokens;
import io.quotabank.platform.identity.InvalidTokenException;
import io.quotabank.platform.web.RequestId;
import io.quotabank.proxy.presence.Presences;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The OpenAI protocol at {@code /v1} and {@code /api/v1/proxy}. A bare servlet, and so outside of the shared filters: it
 * verifies its callers, bounds its bodies and renders its errors itself.
 */
final class RelayServlet extends HttpServlet {

    static final String NAME = "relay";
    static final List<String> PATHS = List.of("/v1/*", "/api/v1/proxy/*");

    private static final Logger LOG = LoggerFactory.getLogger(RelayServlet.class);
    private static final String CHAT = "/v1/chat/completions";
    private static final String MODELS = "/v1/models";
    private static final String BY_MODEL = "/api/v1/proxy/";
    private static final String BY_MODEL_CHAT = "/chat/completions";
    private static final String BEARER = "Bearer ";
    // What a caller only claims to send takes no more memory than this.
    private static final int READ_AT_ONCE = 64 << 10;

    /** What of a client's headers concerns the provider; all else is between the client and us. */
    private static final List<String> FORWARDED = List.of("accept", "user-agent", "openai-beta");

    private final transient InternalTokens tokens;
    private final transient Admissions admissions;
    private final transient ChatRelay chats;
    private final transient ModelList models;
    private final transient Presences presences;
    private final transient RelayProperties properties;
    private final transient RelayMeters meters;
    private final transient RelaySpans spans;
    private final transient Ids ids;
    private final transient InstantSource clock;

    RelayServlet(
            InternalTokens tokens,
            Admissions admissions,
            ChatRelay chats,
            ModelList models,
            Presences presences,
            RelayProperties properties,
            RelayMeters meters,
            RelaySpans spans,
            Ids ids,
            InstantSource clock) {
        this.tokens = tokens;
        this.admissions = admissions;
        this.chats = chats;
        this.models = models;
        this.presences = presences;
        this.properties = properties;
        this.meters = meters;
        this.spans = spans;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        long startedNanos = System.nanoTime();
        var requestId = ids.next();
        response.setHeader(RequestId.HEADER, requestId.toString());
        try {
            var caller = caller(request);
            if (caller == null) {
                refuse(Refusal.unknownCaller(), response);
            } else if (caller.isService()) {
                refuse(Refusal.notAPerson(), response);
            } else {
                var clientId = request.getHeader(RequestId.HEADER);
                var sane = RequestId.sane(clientId) ? clientId : null;
                dispatch(
                        request,
                        response,
                        new RelayRequest(
                                requestId,
                                caller,
                                caller.userId(),
                                sane,
                                request.getHeader("traceparent"),
                                forwarded(request, sane),
                                clock.millis(),
                                startedNanos));
            }
        } catch (RuntimeException fault) {
            fault(requestId.toString(), fault, response);
        }
    }

    private void dispatch(HttpServletRequest request, HttpServletResponse response, RelayRequest relayed)
            throws IOException {
        var path = request.getRequestURI();
        if (path.equals(CHAT)) {
            chat(request, response, relayed, null);
        } else if (path.equals(MODELS) || path.startsWith(MODELS + "/")) {
            models(request, response, relayed, path);
        } else if (path.startsWith(BY_MODEL) && path.endsWith(BY_MODEL_CHAT)) {
            int end = path.length() - BY_MODEL_CHAT.length();
            var model = end <= BY_MODEL.length() ? null : decoded(path.substring(BY_MODEL.length(), end));
            if (model == null) {
                refuse(Refusal.noSuchPath(), response);
            } else {
                chat(request, response, relayed, model);
            }
        } else {
            refuse(Refusal.noSuchPath(), response);
        }
    }

    private void chat(
            HttpServletRequest request, HttpServletResponse response, RelayRequest relayed, @Nullable String model)
            throws IOException {
        if (!request.getMethod().equals("POST")) {
            refuse(Refusal.wrongMethod(), response);
            return;
        }
        int most = (int) properties.maxBody().toBytes();
        var body = body(request, most);
        if (body == null) {
            refuse(Refusal.tooLarge(most), response);
            return;
        }
        switch (admissions.admit(relayed, body, model)) {
            case Admission.Refused(var refusal) -> refuse(refusal, response);
            case Admission.Admitted admitted -> relay(relayed, admitted, request, response);
        }
    }

    private void relay(
            RelayRequest relayed, Admission.Admitted admitted, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var exchange = new Exchange(relayed, admitted, response, gone -> presences.watch(request, gone), properties);
        try (var _ = exchange.presence()) {
            chats.relay(exchange);
        } finally {
            var outcome = exchange.outcome();
            var elapsed = Duration.ofNanos(System.nanoTime() - relayed.startedNanos());
            if (outcome != null) {
                meters.ended(exchange, outcome, elapsed);
                spans.ended(exchange, outcome, elapsed);
            } else if (!exchange.presence().isGone()) {
                meters.refused("no_available_key");
            }
        }
    }

    private void models(HttpServletRequest request, HttpServletResponse response, RelayRequest relayed, String path)
            throws IOException {
        if (!request.getMethod().equals("GET")) {
            refuse(Refusal.wrongMethod(), response);
            return;
        }
        var name = path.length() > MODELS.length() + 1 ? decoded(path.substring(MODELS.length() + 1)) : null;
        var body = name == null
                ? models.all(relayed.caller(), relayed.startedAtMs())
                : models.one(name, relayed.caller(), relayed.startedAtMs());
        if (body == null) {
            refuse(Refusal.unknownModel(name == null ? "" : name), response);
            return;
        }
        response.setContentType("application/json");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private @Nullable Caller caller(HttpServletRequest request) {
        var authorization = request.getHeader("Authorization");
        if (authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return null;
        }
        try {
            return tokens.verify(authorization.substring(BEARER.length()).strip());
        } catch (InvalidTokenException invalid) {
            return null;
        }
    }

    /** Null where the body is too large. */
    private static byte @Nullable [] body(HttpServletRequest request, int most) throws IOException {
        long told = request.getContentLengthLong();
        if (told > most) {
            return null;
        }
        if (told >= 0 && told <= READ_AT_ONCE) {
            var body = new byte[(int) told];
            int length = request.getInputStream().readNBytes(body, 0, body.length);
            return length == body.length ? body : Arrays.copyOf(body, length);
        }
        var body = request.getInputStream().readNBytes(most + 1);
        return body.length > most ? null : body;
    }

    private static Map<String, String> forwarded(HttpServletRequest request, @Nullable String clientRequestId) {
        var headers = new HashMap<String, String>();
        for (var name : FORWARDED) {
            var value = request.getHeader(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        if (clientRequestId != null) {
            headers.put("x-client-request-id", clientRequestId);
        }
        return headers;
    }

    private static @Nullable String decoded(String path) {
        try {
            // In a path a plus is a plus.
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    private void refuse(Refusal refusal, HttpServletResponse response) throws IOException {
        meters.refused(refusal.code());
        refusal.write(response);
    }

    private void fault(String requestId, RuntimeException fault, HttpServletResponse response) throws IOException {
        meters.faulted();
        MDC.put(RequestId.MDC_KEY, requestId);
        try {
            LOG.error("a request failed here", fault);
        } finally {
            MDC.remove(RequestId.MDC_KEY);
        }
        if (!response.isCommitted()) {
            response.resetBuffer();
            Refusal.fault().write(response);
        }
    }
}
