package io.quotabank.ledger.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quotabank.ledger.batch.Columns;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Finds and opens accounts. An account's number, code and person never change, so they are remembered. */
@Service
public class Accounts {

    /**
     * Who an account is.
     *
     * @param code such as {@code user:UUID}: text, as a newer release may have kinds that this one does not know
     * @param person whose account it is; null for the platform's
     */
    public record Named(String code, @Nullable UUID person) {}

    private static final String FIND = "SELECT code, id FROM account WHERE code = ANY(?)";

    private static final String READ = "SELECT id, code, person FROM account WHERE id = ANY(?)";

    // In order of code, so that two that open the same accounts at once wait for each other and don't deadlock.
    private static final String OPEN = """
            INSERT INTO account (code, kind, side, person)
            SELECT code, kind, side, person FROM unnest(?::text[], ?::text[], ?::text[], ?::uuid[])
                AS x (code, kind, side, person)
            ORDER BY code
            ON CONFLICT (code) DO NOTHING
            """;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate apart;
    private final Cache<String, AccountId> known;
    private final Cache<AccountId, Named> named;

    Accounts(JdbcTemplate jdbc, PlatformTransactionManager transactions, AccountProperties properties) {
        this.jdbc = jdbc;
        this.apart = new TransactionTemplate(transactions);
        this.apart.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        this.known = Caffeine.newBuilder().maximumSize(properties.remembered()).build();
        this.named = Caffeine.newBuilder().maximumSize(properties.remembered()).build();
    }

    public Optional<AccountId> find(AccountCode code) {
        var id = known.getIfPresent(code.text());
        return id != null
                ? Optional.of(id)
                : Optional.ofNullable(load(List.of(code)).get(code.text()));
    }

    /**
     * The numbers of all these accounts. Those that don't exist are opened, in a transaction of their own: call this
     * before the transaction that locks them, or it waits for itself.
     */
    public Map<AccountCode, AccountId> open(Collection<AccountCode> codes) {
        var missing = new TreeMap<String, AccountCode>();
        for (var code : codes) {
            if (known.getIfPresent(code.text()) == null) {
                missing.put(code.text(), code);
            }
        }
        var fresh = missing.isEmpty() ? Map.<String, AccountId>of() : loadOrOpen(missing);
        var found = new HashMap<AccountCode, AccountId>(codes.size() * 2);
        for (var code : codes) {
            var id = fresh.get(code.text());
            found.put(code, id != null ? id : remembered(code));
        }
        return found;
    }

    public AccountId open(AccountCode code) {
        var id = open(List.of(code)).get(code);
        if (id == null) {
            throw new IllegalStateException("no account " + code.text());
        }
        return id;
    }

    /**
     * Who these accounts are, but for those that have no row. What is not remembered is read in one statement. What is
     * remembered may not be what the tables' owner has made of the row since: proofs use {@link #read}.
     */
    public Map<AccountId, Named> named(Set<AccountId> ids) {
        var remembered = named.getAllPresent(ids);
        if (remembered.size() == ids.size()) {
            return remembered;
        }
        var all = new HashMap<>(remembered);
        // No row is not remembered: there may be one the next time.
        var fresh = read(ids.stream().filter(id -> !remembered.containsKey(id)).toList());
        named.putAll(fresh);
        all.putAll(fresh);
        return all;
    }

    /** Who these accounts are by their rows as they are now, but for those that have none; in one statement. */
    public Map<AccountId, Named> read(Collection<AccountId> ids) {
        var found = new HashMap<AccountId, Named>(ids.size() * 2);
        jdbc.query(READ, statement -> new Columns(statement).longs(List.copyOf(ids), AccountId::value), row -> {
            found.put(new AccountId(row.getLong(1)), new Named(row.getString(2), row.getObject(3, UUID.class)));
        });
        return found;
    }

    private AccountId remembered(AccountCode code) {
        var id = known.getIfPresent(code.text());
        // Forgotten since: many others were used meanwhile.
        return id != null ? id : find(code).orElseThrow();
    }

    private Map<String, AccountId> loadOrOpen(Map<String, AccountCode> missing) {
        var found = load(missing.values());
        if (found.size() < missing.size()) {
            apart.executeWithoutResult(status -> insert(missing.values()));
            found = load(missing.values());
        }
        return found;
    }

    private Map<String, AccountId> load(Collection<AccountCode> codes) {
        var found = new HashMap<String, AccountId>();
        jdbc.query(FIND, statement -> new Columns(statement).texts(codes, AccountCode::text), row -> {
            found.put(row.getString(1), new AccountId(row.getLong(2)));
        });
        known.putAll(found);
        return found;
    }

    private void insert(Collection<AccountCode> codes) {
        jdbc.update(
                OPEN,
                statement -> new Columns(statement)
                        .texts(codes, AccountCode::text)
                        .texts(codes, code -> code.kind().wire())
                        .texts(codes, Accounts::side)
                        .uuids(codes, AccountCode::person));
    }

    private static String side(AccountCode code) {
        return code.kind().creditNormal() ? "credit" : "debit";
    }
}
