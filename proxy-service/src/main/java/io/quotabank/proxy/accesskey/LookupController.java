package io.quotabank.proxy.accesskey;

import io.quotabank.platform.problem.Problems;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Where the gateway asks for a key that it does not know. */
@RestController
class LookupController {

    record Request(@Nullable String hash) {}

    private final AccessKeys keys;

    LookupController(AccessKeys keys) {
        this.keys = keys;
    }

    @PostMapping("/internal/access-keys/lookup")
    ResponseEntity<?> lookup(@RequestBody Request request) {
        if (request.hash() == null) {
            throw new IllegalArgumentException("hash is missing");
        }
        return keys.byHash(request.hash())
                .<ResponseEntity<?>>map(ResponseEntity::ok)
                .orElseGet(() -> Problems.response("not_found"));
    }
}
