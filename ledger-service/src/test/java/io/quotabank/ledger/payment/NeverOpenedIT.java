package io.quotabank.ledger.payment;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.TestClock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Orders that could not be opened at Stripe are closed when their time is over, and keep nobody from buying. */
class NeverOpenedIT {

    private static final Duration LATE = Duration.ofHours(2);
    private static final int MOST_UNPAID = 20;

    private final UUID buyer = UUID.randomUUID();

    @Test
    void closeOnceTheirTimeIsOver() {
        try (var shop = Shop.open(Map.of(), TestClock.InPlaceOfTheSystems.class)) {
            var clock = TestClock.of(shop.ledger());
            // Stripe refuses sessions that end too soon by its own clock.
            clock.pass(LATE.negated());
            for (int i = 0; i < MOST_UNPAID; i++) {
                assertThat(buy(shop)).isEqualTo(503);
            }
            clock.pass(LATE);
            assertThat(buy(shop)).as("too many unpaid").isEqualTo(429);
            assertThat(opening(shop)).isEqualTo(MOST_UNPAID);

            shop.runJobs();

            assertThat(opening(shop)).isZero();
            assertThat(shop.ledger().number("SELECT count(*) FROM payment_order WHERE state = 'closed'"))
                    .isEqualTo(MOST_UNPAID);
            assertThat(buy(shop)).isEqualTo(200);
        }
    }

    private int buy(Shop shop) {
        return shop.buy(buyer, "{\"amount\":100,\"payment_method\":\"stripe\"}").status();
    }

    private static long opening(Shop shop) {
        return shop.ledger().number("SELECT count(*) FROM payment_order WHERE state = 'opening'");
    }
}
