package io.quotabank.pool.priceimport;

import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import io.quotabank.pool.priceimport.PriceImports.Made;
import io.quotabank.pool.priceimport.PriceImports.Outcome;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JacksonException;

@RestController
@RequestMapping("/api/catalog/imports")
class PriceImportController {

    /** @param from when it comes into force; at once where absent */
    record Application(@Nullable Instant from) {
        private static final Instant LATEST = Instant.parse("2999-12-31T23:59:59Z");

        Application {
            if (from != null && from.isAfter(LATEST)) {
                throw new IllegalArgumentException("an import starts before the year 3000");
            }
        }
    }

    private final PriceImports imports;

    PriceImportController(PriceImports imports) {
        this.imports = imports;
    }

    /** The body is read as it comes, within its bound; there is no message converter between. */
    @PostMapping
    ResponseEntity<?> preview(
            @RequestParam(name = "providers", required = false) @Nullable Set<String> providers,
            @RequestParam(name = "models", required = false) @Nullable Set<String> models,
            HttpServletRequest request,
            Caller caller)
            throws IOException {
        if (!caller.has("admin")) {
            return forbidden();
        }
        var choice = new Choice(providers == null ? Set.of() : providers, models == null ? Set.of() : models);
        try {
            return switch (imports.preview(request.getInputStream(), choice, caller.subject())) {
                case Made.Shown(var shown) ->
                    ResponseEntity.created(URI.create("/api/catalog/imports/" + shown.id()))
                            .body(shown);
                case Made.Refused(String why) -> Problems.response("price_table_refused", why);
            };
        } catch (JacksonException unreadable) {
            throw new HttpMessageNotReadableException(
                    "not a price file", unreadable, new ServletServerHttpRequest(request));
        }
    }

    @GetMapping("/{id}")
    ResponseEntity<?> show(@PathVariable("id") UUID id, Caller caller) {
        if (!caller.has("admin")) {
            return forbidden();
        }
        return imports.find(id)
                .<ResponseEntity<?>>map(ResponseEntity::ok)
                .orElseGet(() -> Problems.response("not_found"));
    }

    @PostMapping("/{id}/apply")
    ResponseEntity<?> apply(
            @PathVariable("id") UUID id,
            @RequestBody(required = false) @Nullable Application application,
            Caller caller) {
        if (!caller.has("admin")) {
            return forbidden();
        }
        return switch (imports.apply(id, application == null ? null : application.from(), caller.subject())) {
            case Outcome.InForce(var applied) -> ResponseEntity.ok(applied);
            case Outcome.Unknown() -> Problems.response("not_found");
            case Outcome.Overtaken() ->
                Problems.response("price_import_overtaken", "prices have changed since the preview: import again");
            case Outcome.Refused(String why) -> Problems.response("price_table_refused", why);
        };
    }

    private static ResponseEntity<?> forbidden() {
        return Problems.response("forbidden", "only an administrator changes prices");
    }
}
