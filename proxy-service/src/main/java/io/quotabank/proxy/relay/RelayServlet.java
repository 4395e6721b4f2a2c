package io.quotabank.proxy.relay;

import io.quotabank.platform.id.Ids;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.identity.InternalTokens;
import io.quotabank.platform.identity.InvalidTokenException;
import io.quotabank.platform.web.RequestId;
import io.quotabank.proxy.models.Models;
import io.quotabank.proxy.presence.Presences;
import io.quotabank.proxy.room.Room;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
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

    /** What of a client's headers concerns the provider; all else is between the client and us. */
    private static final List<String> FORWARDED = List.of("accept", "user-agent", "openai-beta");

    private final transient InternalTokens tokens;
    private final transient Admissions admissions;
    private final transient Carrier carrier;
    private final transient Models models;
    private final transient Presences presences;
    private final transient Room room;
    private final transient RelayProperties properties;
    private final transient RelayMeters meters;
    private final transient RelaySpans spans;
    private final transient Ids ids;
    private final transient InstantSource clock;

    RelayServlet(
            InternalTokens tokens,
            Admissions admissions,
            Carrier carrier,
            Models models,
            Presences presences,
            Room room,
            RelayProperties properties,
            RelayMeters meters,
            RelaySpans spans,
            Ids ids,
            InstantSource clock) {
        this.tokens = tokens;
        this.admissions = admissions;
        this.carrier = carrier;
        this.models = models;
        this.presences = presences;
        this.room = room;
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
            if (caller == null && isPublic(request)) {
                models(request, response, null, clock.millis());
            } else if (caller == null) {
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

    /** What models there are is told to anybody; a caller that says who it is has to be right about that. */
    private static boolean isPublic(HttpServletRequest request) {
        return isModels(request.getRequestURI()) && request.getHeader("Authorization") == null;
    }

    private void dispatch(HttpServletRequest request, HttpServletResponse response, RelayRequest relayed)
            throws IOException {
        var path = request.getRequestURI();
        var endpoint = Endpoint.of(path);
        if (endpoint != null) {
            call(request, response, relayed, endpoint);
        } else if (isModels(path)) {
            models(request, response, relayed.caller(), relayed.startedAtMs());
        } else {
            refuse(Refusal.noSuchPath(Endpoint.meant(path)), response);
        }
    }

    private void call(HttpServletRequest request, HttpServletResponse response, RelayRequest relayed, Endpoint endpoint)
            throws IOException {
        if (!request.getMethod().equals("POST")) {
            refuse(Refusal.wrongMethod(), response);
            return;
        }
        try (var share = room.share()) {
            int most = (int) properties.maxBody().toBytes();
            switch (share.take(Intake.EACH) ? Intake.read(request, most, share) : new Intake.NoRoom()) {
                case Intake.Whole(var body) -> admit(request, response, relayed, endpoint, body, share);
                case Intake.TooLarge tooLarge -> refuse(Refusal.tooLarge(most), response);
                case Intake.NoRoom noRoom -> refuse(Refusal.noRoom(), response);
            }
        }
    }

    private void admit(
            HttpServletRequest request,
            HttpServletResponse response,
            RelayRequest relayed,
            Endpoint endpoint,
            byte[] body,
            Room.Share share)
            throws IOException {
        switch (admissions.admit(relayed, body, endpoint)) {
            case Admission.Refused(var refusal) -> refuse(refusal, response);
            case Admission.Admitted admitted ->
                relay(
                        new Exchange(
                                relayed, admitted, response, gone -> presences.watch(request, gone), share, properties),
                        relayed);
        }
    }

    private void relay(Exchange exchange, RelayRequest relayed) throws IOException {
        try (var _ = exchange.presence()) {
            carrier.relay(exchange);
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

    private static boolean isModels(String path) {
        return path.equals(Endpoint.MODELS) || path.startsWith(Endpoint.MODELS + "/");
    }

    private void models(HttpServletRequest request, HttpServletResponse response, @Nullable Caller caller, long nowMs)
            throws IOException {
        if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
            refuse(Refusal.wrongMethod(), response);
            return;
        }
        var path = request.getRequestURI();
        int name = Endpoint.MODELS.length() + 1;
        var model = path.length() > name ? Endpoint.decoded(path.substring(name)) : null;
        var form = request.getHeader("anthropic-version") != null
                ? Models.Form.ANTHROPIC
                : request.getParameter("client_version") != null ? Models.Form.CODEX : Models.Form.ALL;
        var body = model == null ? models.list(form, caller, nowMs) : models.one(model, form, caller, nowMs);
        if (body == null) {
            refuse(Refusal.unknownModel(String.valueOf(model)), response);
        } else {
            Tagged.write(body, request, response);
        }
    }

    private @Nullable Caller caller(HttpServletRequest request) {
        var token = InternalTokens.presented(request.getHeader("Authorization"));
        try {
            return token == null ? null : tokens.verify(token);
        } catch (InvalidTokenException invalid) {
            return null;
        }
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
