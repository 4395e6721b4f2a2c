package io.quotabank.gateway.api;

import io.netty.channel.ConnectTimeoutException;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.gateway.refusal.Refusal.Form;
import io.quotabank.platform.web.RequestId;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/** Writes refusals and failures on {@code /api} as problem documents. */
@Component
@Order(-2)
class Problems implements WebExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    private static final Refusal AWAY = Refusal.unavailable("The service behind this address is away.", 1);
    private static final Refusal LATE =
            new Refusal(504, "timeout", "gateway_timeout", "The service behind this address took too long.", 1);
    private static final Refusal LOST =
            new Refusal(502, "service_unavailable", "bad_gateway", "The connection was lost before an answer came.", 1);
    private static final Refusal BROKEN =
            new Refusal(500, "internal_error", "internal_error", "Something went wrong on our side.", 1);

    Mono<Void> write(ServerWebExchange exchange, Refusal refusal) {
        var response = exchange.getResponse();
        var headers = response.getHeaders();
        response.setStatusCode(HttpStatusCode.valueOf(refusal.status()));
        var form = new Form.Document(exchange.getRequest().getHeaders().getFirst(HttpHeaders.ACCEPT_LANGUAGE));
        headers.setContentType(MediaType.parseMediaType(form.contentType()));
        if (refusal.status() == 401) {
            headers.set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (refusal.retryAfterS() > 0) {
            headers.set(Refusal.RETRY_AFTER, String.valueOf(refusal.retryAfterS()));
        }
        var shouldRetry = refusal.shouldRetry();
        if (shouldRetry != null) {
            headers.set(Refusal.SHOULD_RETRY, shouldRetry);
        }
        var body = refusal.body(form, requestId(exchange));
        headers.setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(failure);
        }
        var refusal = refusal(failure);
        if (refusal.status() >= 500) {
            // Aborted: most often the caller left or was shown out at the door.
            log.atLevel(failure instanceof AbortedException ? Level.DEBUG : Level.WARN)
                    .addKeyValue(RequestId.MDC_KEY, requestId(exchange))
                    .log("{} {}: {}", exchange.getRequest().getMethod(), refusal.status(), failure.toString());
        }
        return write(exchange, refusal);
    }

    private static Refusal refusal(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof ConnectTimeoutException
                    || cause instanceof UnknownHostException) {
                return AWAY;
            }
            if (cause instanceof TimeoutException) {
                return LATE;
            }
        }
        if (failure instanceof ResponseStatusException refused) {
            return switch (refused.getStatusCode().value()) {
                case 404 -> Refusal.notFound();
                case 503 -> AWAY;
                case 504 -> LATE;
                case 502 -> LOST;
                default ->
                    refused.getStatusCode().is4xxClientError()
                            ? Refusal.malformed("The request can't be understood.")
                            : BROKEN;
            };
        }
        return failure instanceof IOException ? LOST : BROKEN;
    }

    private static String requestId(ServerWebExchange exchange) {
        var id = exchange.getRequest().getHeaders().getFirst(RequestId.HEADER);
        return id == null ? "" : id;
    }
}
