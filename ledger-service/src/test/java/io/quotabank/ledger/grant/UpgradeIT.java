package io.quotabank.ledger.grant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Migrations;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.platform.testkit.TestPostgres;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A start on the books of the release before, which may still be running beside it. */
class UpgradeIT {

    // As that release wrote it: somebody is given 520 credits. Its statements name neither lots nor what is gone of
    // them.
    private static final String SIGN_UP = """
            INSERT INTO account (code, kind, side, person) VALUES ('user:%1$s', 'user', 'credit', '%1$s');
            WITH t AS (
                INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
                SELECT gen_random_uuid(), i.id, u.id, 520000000, i.posted + 520000000, 520000000, i.seq + 1, 1, 'bonus'
                FROM account i, account u WHERE i.code = 'issued:grants' AND u.code = 'user:%1$s' RETURNING id, credit)
            INSERT INTO credit_grant (key, account, origin, priority, amount, expires_at, transfer, created_at)
            SELECT 'signup:%1$s', credit, 'signup', 10, 520000000, now() + interval '%2$s', id, now() - interval '90 days'
            FROM t;
            UPDATE account SET posted = posted + 520000000, seq = seq + 1,
                debited = debited + CASE code WHEN 'issued:grants' THEN 520000000 ELSE 0 END
            WHERE code IN ('issued:grants', 'user:%1$s')""";

    // 20 credits of usage by way of clearing, all of it the platform's.
    private static final String SPEND = """
            INSERT INTO account (code, kind, side) VALUES ('clearing:p00', 'clearing', 'credit'),
                ('revenue:p00', 'revenue', 'credit') ON CONFLICT DO NOTHING;
            INSERT INTO settlement (request, account, digest, cost, served, charge, loss, owners_part, platform_part,
                attempts, fundings, model, price_version, markup_bp, input_tokens, output_tokens, cache_read_tokens,
                cache_creation_tokens, reasoning_tokens, outcome, topic_partition, topic_offset)
            SELECT '%2$s', id, gen_random_uuid(), 20000000, 20000000, 20000000, 0, 0, 20000000, 1, 0, 'm', 1, 13000,
                0, 0, 0, 0, 0, 'completed', 0, 0 FROM account WHERE code = 'user:%1$s';
            INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
            SELECT '%2$s', u.id, c.id, 20000000, u.posted - 20000000, 20000000, u.seq + 1, c.seq + 1, 'proxy_usage'
            FROM account u, account c WHERE u.code = 'user:%1$s' AND c.code = 'clearing:p00';
            INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type)
            SELECT gen_random_uuid(), c.id, r.id, 20000000, 0, r.posted + 20000000, c.seq + 2, r.seq + 1, 'proxy_revenue'
            FROM account c, account r WHERE c.code = 'clearing:p00' AND r.code = 'revenue:p00';
            UPDATE account SET posted = posted - 20000000, debited = debited + 20000000, seq = seq + 1
            WHERE code = 'user:%1$s';
            UPDATE account SET debited = debited + 20000000, seq = seq + 2 WHERE code = 'clearing:p00';
            UPDATE account SET posted = posted + 20000000, seq = seq + 1 WHERE code = 'revenue:p00'""";

    @Test
    void takesOverGiftsAsLotsAndTheirSpendingAndThoseThatAreMadeMeanwhile() throws SQLException {
        var database = TestPostgres.fresh("ledger");
        Migrations.migrate(database, Migrations.OF_THE_RELEASE_BEFORE);
        var spender = UUID.randomUUID();
        var late = UUID.randomUUID();
        asService(database, SIGN_UP.formatted(spender, "30 days"), SPEND.formatted(spender, UUID.randomUUID()));
        asService(database, SIGN_UP.formatted(late, "-1 days"), SPEND.formatted(late, UUID.randomUUID()));

        try (var ledger = Ledger.on(database, Map.of("quotabank.grant.sweep-every", "100ms"))) {
            await().until(() -> posted(ledger, late) == 0);
            assertThat(posted(ledger, spender)).isEqualTo(500_000_000);
            assertThat(ledger.bean(Grants.class).expiring(account(ledger, spender)))
                    .singleElement()
                    .satisfies(part -> assertThat(part.amount()).isEqualTo(Credits.of(500)));
            assertThat(ledger.differences()).isEmpty();

            // Beside it, the release before goes on.
            var fresh = UUID.randomUUID();
            asService(database, SIGN_UP.formatted(fresh, "30 days"), SPEND.formatted(fresh, UUID.randomUUID()));
            asService(database, SPEND.formatted(spender, UUID.randomUUID()));
            var gift = Gift.of("g", Origin.CODE, Credits.of(5), null);
            ledger.bean(Grants.class).give(account(ledger, fresh), gift);
            assertThat(ledger.bean(Grants.class).expiring(account(ledger, fresh)))
                    .singleElement()
                    .satisfies(part -> assertThat(part.amount()).isEqualTo(Credits.of(500)));
            assertThat(ledger.bean(Grants.class).expiring(account(ledger, spender)))
                    .singleElement()
                    .satisfies(part -> assertThat(part.amount()).isEqualTo(Credits.of(480)));
            assertThat(ledger.differences()).isEmpty();
        }
    }

    private static AccountId account(Ledger ledger, UUID person) {
        return new AccountId(ledger.number("SELECT id FROM account WHERE person = ?", person));
    }

    private static long posted(Ledger ledger, UUID person) {
        return ledger.number("SELECT posted FROM account WHERE person = ?", person);
    }

    private static void asService(Database database, String... statements) throws SQLException {
        try (var connection = database.connect(database.service());
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
