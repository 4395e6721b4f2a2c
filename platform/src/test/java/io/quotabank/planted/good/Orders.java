package io.quotabank.planted.good;

import java.time.Clock;
import java.time.Instant;

public class Orders {

    private final Clock clock;

    Orders(Clock clock) {
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }
}
