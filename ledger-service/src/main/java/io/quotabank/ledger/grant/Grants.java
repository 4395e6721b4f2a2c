package io.quotabank.ledger.grant;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Gives credits, each gift once by its key, and tells which of them will expire. */
@Service
public class Grants {

    /** What will be gone at an instant if nothing more is spent. */
    public record Expiring(Credits amount, Instant at) {}

    private record Grant(Credits amount, Instant expiresAt) {}

    private static final String GIVE = """
            INSERT INTO credit_grant (key, account, origin, priority, amount, expires_at, transfer, created_at)
            VALUES (:key, :account, :origin, :priority, :amount, :expires, :transfer, :now)
            ON CONFLICT (key) DO NOTHING
            """;

    private static final String EXPIRING = """
            SELECT amount, expires_at FROM credit_grant WHERE account = :account
            ORDER BY priority, expires_at, created_at
            """;

    private static final int REMEMBERED = 200_000;
    private static final int BONUS_PRIORITY = 10;

    private final Accounts accounts;
    private final Transfers transfers;
    private final JdbcClient jdbc;
    private final Ids ids;
    private final Clock clock;
    private final GrantProperties properties;
    private final Cache<UUID, AccountId> welcomed =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    Grants(Accounts accounts, Transfers transfers, JdbcClient jdbc, Ids ids, Clock clock, GrantProperties properties) {
        this.accounts = accounts;
        this.transfers = transfers;
        this.jdbc = jdbc;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
    }

    /**
     * The account of a verified person, opened with the sign-up grant when that person is seen for the first time. Call
     * it outside a transaction.
     */
    public AccountId welcome(UUID person) {
        var known = welcomed.getIfPresent(person);
        if (known != null) {
            return known;
        }
        var account = accounts.open(AccountCode.user(person));
        if (!has("signup:" + person)) {
            give(account, "signup:" + person);
        }
        welcomed.put(person, account);
        return account;
    }

    /**
     * What will expire, soonest first. Everything that the account ever spent counts against its grants first, in order
     * of priority, expiry and age.
     *
     * @param spent all that was ever debited
     */
    public List<Expiring> expiring(AccountId account, Credits spent) {
        var now = clock.instant();
        var left = new ArrayList<Expiring>();
        var unmatched = spent;
        for (var grant : grants(account)) {
            var rest = grant.amount().minusOrZero(unmatched);
            unmatched = unmatched.minusOrZero(grant.amount());
            if (!rest.isZero() && grant.expiresAt().isAfter(now)) {
                left.add(new Expiring(rest, grant.expiresAt()));
            }
        }
        left.sort(Comparator.comparing(Expiring::at));
        return left;
    }

    private List<Grant> grants(AccountId account) {
        return jdbc.sql(EXPIRING)
                .param("account", account.value())
                .query((row, index) -> new Grant(
                        new Credits(row.getLong(1)), row.getTimestamp(2).toInstant()))
                .list();
    }

    private boolean has(String key) {
        return jdbc.sql("SELECT count(*) FROM credit_grant WHERE key = ?")
                        .param(key)
                        .query(Long.class)
                        .single()
                > 0;
    }

    private void give(AccountId account, String key) {
        var issued = accounts.open(AccountCode.GRANTS);
        transfers.inTransaction(() -> {
            var books = transfers.lock(List.of(issued, account));
            var transfer = ids.next();
            // The locked row of issued:grants makes rivals wait; the key then tells the second one.
            if (insert(account, key, transfer)) {
                books.transfer(transfer, issued, account, properties.signUp(), TransferType.BONUS, null);
                transfers.post(books);
            }
            return transfer;
        });
    }

    private boolean insert(AccountId account, String key, UUID transfer) {
        var now = clock.instant();
        return jdbc.sql(GIVE)
                        .param("key", key)
                        .param("account", account.value())
                        .param("origin", "signup")
                        .param("priority", BONUS_PRIORITY)
                        .param("amount", properties.signUp().micro())
                        .param("expires", Timestamp.from(now.plus(properties.signUpLives())))
                        .param("transfer", transfer)
                        .param("now", Timestamp.from(now))
                        .update()
                == 1;
    }
}
