package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.transfer.Expiry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Gifts of a moment's life, leases that outlive them, late charges, in two processes whose jobs book what expires. */
class GrantRacesIT {

    private static final Map<String, Object> BUSY = Map.of("quotabank.grant.sweep-every", "10ms");
    private static final long CREDIT = Credits.MICRO_PER_CREDIT;

    private final UUID user = UUID.randomUUID();

    @Test
    void whateverHappensAtOnceCreditsAreGivenMinusChargedMinusExpired() throws Exception {
        try (var one = Ledger.with(BUSY);
                var other = one.another(
                        Map.of("quotabank.grant.sweep-every", "10ms", "quotabank.settlement.start", "false"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var account = one.bean(Grants.class).welcome(user);
            var calls = new ArrayList<Callable<Long>>();
            for (int i = 0; i < 12; i++) {
                var ledger = i % 2 == 0 ? one : other;
                var random = new Random(i);
                calls.add(i % 3 == 0 ? () -> give(ledger, account, random) : () -> spend(ledger, random));
            }
            for (var call : threads.invokeAll(calls)) {
                call.get();
            }
            one.bean(Expiry.class).book(account);

            var people = new People(one);
            assertThat(people.held(user)).isZero();
            assertThat(one.number("SELECT backed + lapsed FROM account WHERE id = ?", account.value()))
                    .isZero();
            long given = sum(one, "SELECT sum(amount) FROM credit_grant WHERE account = ?", account);
            long charged = sum(one, "SELECT sum(charge) FROM settlement WHERE account = ?", account);
            long expired = sum(one, "SELECT sum(amount) FROM transfer WHERE type = 'expiry' AND debit = ?", account);
            assertThat(people.posted(user)).isEqualTo(given - charged - expired);
            // Nothing was paid: what there is, is what the lots have.
            assertThat(sum(one, "SELECT sum(amount - gone) FROM credit_grant WHERE account = ?", account))
                    .isEqualTo(given - charged - expired);
            assertThat(List.of(charged, expired)).doesNotContain(0L);
            assertThat(one.differences()).isEmpty();
        }
    }

    private static long give(Ledger ledger, AccountId account, Random random) throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            var expires = random.nextInt(5) == 0 ? null : Instant.now().plusMillis(50 + random.nextInt(150));
            var amount = new Credits((1 + random.nextInt(30)) * CREDIT);
            var gift = Gift.of(UUID.randomUUID().toString(), Origin.CODE, amount, expires);
            try {
                assertThat(ledger.bean(Grants.class).give(account, gift)).isPresent();
            } catch (IllegalArgumentException tooLate) {
                // It waited longer for its turn than it was to live.
                assertThat(expires).isBefore(Instant.now());
            }
            Thread.sleep(random.nextInt(20));
        }
        return 0;
    }

    private long spend(Ledger ledger, Random random) throws InterruptedException {
        var people = new People(ledger);
        for (int i = 0; i < 12; i++) {
            long need = (1 + random.nextInt(40)) * CREDIT;
            var lease = people.lease(user, need, need * 2);
            if (lease.granted() == null) {
                continue;
            }
            Thread.sleep(random.nextInt(60));
            long spent = random.nextLong(lease.granted().micro() + 1);
            // Some charges come before the last statement, some after.
            boolean early = random.nextBoolean();
            if (early && spent > 0) {
                Settling.settle(ledger, user, lease.leaseId(), spent);
            }
            people.state(People.statement(lease.leaseId(), 1, spent, true));
            if (!early && spent > 0) {
                Settling.settle(ledger, user, lease.leaseId(), spent);
            }
        }
        return 0;
    }

    private static long sum(Ledger ledger, String sql, AccountId account) {
        return ledger.number(sql.replaceFirst("(sum\\([^)]*\\))", "coalesce($1, 0)::bigint"), account.value());
    }
}
