package io.quotabank.platform.problem;

import io.quotabank.platform.web.BareServlets;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Where the container sends what failed outside of any controller. */
@RestController
class ProblemErrorController implements ErrorController {

    private final BareServlets bare;

    ProblemErrorController(BareServlets bare) {
        this.bare = bare;
    }

    @RequestMapping("${spring.web.error.path:/error}")
    ResponseEntity<?> render(HttpServletRequest request) {
        var status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        var problem = Problems.of(Problems.codeFor(status instanceof Integer known ? known : 404));
        if (request.getAttribute(RequestDispatcher.ERROR_SERVLET_NAME) instanceof String servlet
                && bare.include(servlet)) {
            return ResponseEntity.status(problem.getStatus())
                    .contentType(MediaType.APPLICATION_JSON)
                    .body(OpenAiErrors.body(problem));
        }
        return Problems.response(problem);
    }
}
