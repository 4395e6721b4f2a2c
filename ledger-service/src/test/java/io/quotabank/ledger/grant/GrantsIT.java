package io.quotabank.ledger.grant;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GrantsIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final UUID person = UUID.randomUUID();

    @Test
    void ofManyFirstSightsAtOnceInTwoProcessesOneGives() throws Exception {
        try (var other = LEDGER.another(Map.of("quotabank.settlement.start", "false"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var grants = List.of(LEDGER.bean(Grants.class), other.bean(Grants.class));
            var calls = IntStream.range(0, 60)
                    .<Callable<Object>>mapToObj(i -> () -> grants.get(i % 2).welcome(person))
                    .toList();
            for (var call : threads.invokeAll(calls)) {
                call.get();
            }
        }
        assertThat(new People(LEDGER).posted(person)).isEqualTo(People.SIGN_UP);
        assertThat(LEDGER.number("SELECT count(*) FROM credit_grant WHERE key = ?", "signup:" + person))
                .isEqualTo(1);
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void theGrantTellsItsOriginPriorityAndExpiry() {
        LEDGER.bean(Grants.class).welcome(person);
        var row = LEDGER.jdbc().queryForMap("SELECT * FROM credit_grant WHERE key = ?", "signup:" + person);
        assertThat(row)
                .containsEntry("origin", "signup")
                .containsEntry("amount", People.SIGN_UP)
                .containsEntry("priority", 10);
        assertThat(LEDGER.number("SELECT count(*) FROM transfer WHERE id = ?", row.get("transfer")))
                .isEqualTo(1);
        var expires = ((Timestamp) row.get("expires_at")).toInstant();
        assertThat(expires)
                .isBetween(
                        Instant.now().plus(Duration.ofDays(89)), Instant.now().plus(Duration.ofDays(91)));
    }

    @Test
    void spendingCountsAgainstWhatExpiresFirst() {
        var grants = LEDGER.bean(Grants.class);
        var account = grants.welcome(person);
        assertThat(grants.expiring(account, Credits.ZERO))
                .singleElement()
                .satisfies(part -> assertThat(part.amount()).isEqualTo(Credits.of(520)));
        assertThat(grants.expiring(account, Credits.of(519)))
                .singleElement()
                .satisfies(part -> assertThat(part.amount()).isEqualTo(Credits.of(1)));
        assertThat(grants.expiring(account, Credits.of(520))).isEmpty();
        assertThat(grants.expiring(account, Credits.of(9_000))).isEmpty();
    }
}
