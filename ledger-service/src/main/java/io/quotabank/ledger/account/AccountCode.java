package io.quotabank.ledger.account;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The name of an account. Accounts that every settlement touches exist once per partition of the usage topic: a batch uses
 * those of the lowest of its partitions, so that batches under way at once share no row.
 *
 * @param text {@code user:UUID}, {@code clearing:p07}, {@code earnings:UUID:p07}, {@code reserve:h03}, ...
 * @param person whose account it is; null for the platform's
 */
public record AccountCode(String text, Kind kind, @Nullable UUID person) {

    /** Credits given, the contra account of {@code bonus} transfers. */
    public static final AccountCode GRANTS = new AccountCode("issued:grants", Kind.ISSUED, null);

    /** Credits sold or booked by an administrator, the contra account of {@code recharge} transfers. */
    public static final AccountCode RECHARGES = new AccountCode("issued:recharges", Kind.ISSUED, null);

    /** Must never change: a refund is taken from the account that its consumption's id names. */
    public static final int CONSUMED_SHARDS = 64;

    private static final int HOLD_SHARDS = 16;

    /** What an account is for; its wire name is the code's first part. */
    public enum Kind {
        USER("user", true),
        CLEARING("clearing", true),
        REVENUE("revenue", true),
        PLATFORM_LOSS("platform_loss", false),
        EARNINGS("earnings", true),
        ISSUED("issued", false),
        CONSUMED("consumed", true),
        /** Kept back of sales for refunds. */
        RESERVE("reserve", true),
        DEBT("debt", false);

        private final String wire;
        private final boolean creditNormal;

        Kind(String wire, boolean creditNormal) {
            this.wire = wire;
            this.creditNormal = creditNormal;
        }

        String wire() {
            return wire;
        }

        /** True where credits raise the balance; contra accounts rise by debits. */
        boolean creditNormal() {
            return creditNormal;
        }
    }

    public static AccountCode user(UUID person) {
        return new AccountCode("user:" + person, Kind.USER, person);
    }

    /** What a person owes: it rises by debits, and every credit to it settles some. */
    public static AccountCode debt(UUID person) {
        return new AccountCode("debt:" + person, Kind.DEBT, person);
    }

    public static AccountCode earnings(UUID owner, int partition) {
        return new AccountCode("earnings:" + owner + ":" + shard(partition), Kind.EARNINGS, owner);
    }

    public static AccountCode clearing(int partition) {
        return new AccountCode("clearing:" + shard(partition), Kind.CLEARING, null);
    }

    public static AccountCode revenue(int partition) {
        return new AccountCode("revenue:" + shard(partition), Kind.REVENUE, null);
    }

    public static AccountCode platformLoss(int partition) {
        return new AccountCode("platform_loss:" + shard(partition), Kind.PLATFORM_LOSS, null);
    }

    /** One of {@link #CONSUMED_SHARDS} that applications' consumptions are spread over. */
    public static AccountCode consumed(int shard) {
        return new AccountCode("consumed:" + shard(shard), Kind.CONSUMED, null);
    }

    /** Where a shared-out settlement of a hold passes through, apart from the shards of usage. */
    public static AccountCode holdClearing(AccountId payer) {
        return new AccountCode("clearing:" + holdShard(payer), Kind.CLEARING, null);
    }

    /** The platform's part of what holds of this account settle. */
    public static AccountCode holdRevenue(AccountId payer) {
        return new AccountCode("revenue:" + holdShard(payer), Kind.REVENUE, null);
    }

    /** The risk reserve's part of the same. */
    public static AccountCode holdReserve(AccountId payer) {
        return new AccountCode("reserve:" + holdShard(payer), Kind.RESERVE, null);
    }

    // By the payer, whose row is locked anyway: settlements of different people seldom wait for each other here.
    private static String holdShard(AccountId payer) {
        return "h%02d".formatted(payer.value() % HOLD_SHARDS);
    }

    private static String shard(int partition) {
        return partition < 10 ? "p0" + partition : "p" + partition;
    }
}
