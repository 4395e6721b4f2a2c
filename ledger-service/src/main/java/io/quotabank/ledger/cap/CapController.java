package io.quotabank.ledger.cap;

import io.quotabank.contracts.cap.LedgerCaps;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.web.bind.annotation.RestController;

@RestController
class CapController implements LedgerCaps {

    private final Caps caps;
    private final Clock clock;

    CapController(Caps caps, Clock clock) {
        this.caps = caps;
        this.clock = clock;
    }

    @Override
    public List<Spent> spent(Wish wish) {
        return wish.accessKeyIds().isEmpty()
                ? List.of()
                : caps.spent(wish.accessKeyIds(), LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    }
}
