package io.quotabank.ledger.settlement;

import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class DeadLetterController {

    private final DeadLetterReplay replay;

    DeadLetterController(DeadLetterReplay replay) {
        this.replay = replay;
    }

    @PostMapping("/api/ledger/dead-letters/replay")
    ResponseEntity<?> replay(Caller caller) {
        return caller.isService() || caller.has("admin")
                ? ResponseEntity.ok(replay.run())
                : Problems.response(
                        "forbidden", "only administrators and the platform's own services replay dead letters");
    }
}
