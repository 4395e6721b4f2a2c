package io.quotabank.platform.problem;

import io.quotabank.platform.web.BodyTooLargeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Renders what no controller answered. Nothing of an exception's text leaves with a 5xx. */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
class ProblemAdvice extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    @Nullable
    ResponseEntity<Object> render(Exception thrown, WebRequest request) throws Exception {
        if (thrown instanceof AccessDeniedException || thrown instanceof AuthenticationException) {
            // The security chain answers these.
            throw thrown;
        }
        var code = Faults.codeFor(thrown);
        if (code.equals("internal_error")) {
            LOG.error("a request failed", thrown);
        } else if (code.equals("service_unavailable")) {
            LOG.warn("a request was refused for now: {}", thrown.toString());
        }
        return answer(code, thrown, new HttpHeaders(), request);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception thrown, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (status.is5xxServerError()) {
            LOG.error("a request failed", thrown);
        }
        var code = Faults.causedBy(thrown, BodyTooLargeException.class)
                ? "request_too_large"
                : Problems.codeFor(status.value());
        return answer(code, thrown, headers, request);
    }

    private static ResponseEntity<Object> answer(
            String code, Exception thrown, HttpHeaders headers, WebRequest request) {
        var problem = Problems.of(code, code.equals("malformed_request") ? detail(thrown, request) : null);
        var answer = ResponseEntity.status(problem.getStatus()).headers(headers);
        if (code.equals("service_unavailable")) {
            answer.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return answer.contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
    }

    private static @Nullable String detail(Exception thrown, WebRequest request) {
        var tongue = Tongue.asked(request.getHeader(HttpHeaders.ACCEPT_LANGUAGE));
        return Faults.ownWords(thrown).or(() -> Malformed.words(thrown, tongue)).orElse(null);
    }
}
