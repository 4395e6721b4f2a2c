package io.quotabank.ledger.reward;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Tiers of people, and what a tier adds to a recharge. */
@Service
class Tiers {

    /** @param rechargeBonusBp basis points of a recharge's credits */
    record Tier(String name, int rechargeBonusBp) {}

    private static final String OF = "SELECT name, recharge_bonus_bp FROM tier";

    private static final String CHANGE =
            "INSERT INTO tier_change (id, account, tier, actor) VALUES (:id, :account, :tier, :actor)";

    private final Transfers transfers;
    private final JdbcClient jdbc;
    private final Idempotency idempotency;
    private final Ids ids;

    Tiers(Transfers transfers, JdbcClient jdbc, Idempotency idempotency, Ids ids) {
        this.transfers = transfers;
        this.idempotency = idempotency;
        this.jdbc = jdbc;
        this.ids = ids;
    }

    Tier of(AccountId account) {
        return jdbc.sql(OF + " JOIN account ON tier = name WHERE id = ?")
                .param(account.value())
                .query(Tier.class)
                .single();
    }

    Optional<Tier> named(String name) {
        return jdbc.sql(OF + " WHERE name = ?").param(name).query(Tier.class).optional();
    }

    /** Rounded down. */
    Credits added(String tier, Credits recharged) {
        return recharged.share(named(tier).orElseThrow().rechargeBonusBp());
    }

    /**
     * Writes it down; the database brings it to the account. The same tier again is no change.
     *
     * @param key the caller's idempotency key, if there is one
     */
    Outcome<Tier> change(AccountId account, Tier tier, String actor, @Nullable String key) {
        var digest = Idempotency.digest("tier|" + account.value() + "|" + tier.name());
        return transfers.inTransaction(() -> idempotency.once(actor, key, digest, Tier.class, () -> {
            var books = transfers.lock(List.of(account));
            if (!books.tier(account).equals(tier.name())) {
                jdbc.sql(CHANGE)
                        .param("id", ids.next())
                        .param("account", account.value())
                        .param("tier", tier.name())
                        .param("actor", actor)
                        .update();
            }
            return new Outcome.Done<>(tier);
        }));
    }
}
