package io.quotabank.platform.web;

import io.quotabank.platform.id.Ids;
import io.quotabank.platform.problem.ProblemResponse;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives each request its id, in the answer and in every log line, and bounds its body. */
final class RequestFilter extends OncePerRequestFilter {

    private final Ids ids;
    private final ProblemResponse problems;
    private final WebProperties properties;

    RequestFilter(Ids ids, ProblemResponse problems, WebProperties properties) {
        this.ids = ids;
        this.problems = problems;
        this.properties = properties;
    }

    // An error page is rendered after the first pass has ended: it needs the id as well.
    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var id = idOf(request, response);
        response.setHeader(RequestId.HEADER, id);
        MDC.put(RequestId.MDC_KEY, id);
        long bodyLimit = properties.limitOf(request.getRequestURI());
        try {
            if (request.getContentLengthLong() > bodyLimit) {
                problems.write(request, response, "request_too_large");
            } else {
                chain.doFilter(new BoundedBody(request, bodyLimit), response);
            }
        } finally {
            MDC.remove(RequestId.MDC_KEY);
        }
    }

    private String idOf(HttpServletRequest request, HttpServletResponse response) {
        var given = response.getHeader(RequestId.HEADER);
        var sent = given != null ? given : request.getHeader(RequestId.HEADER);
        return sent != null && RequestId.sane(sent) ? sent : ids.next().toString();
    }
}
