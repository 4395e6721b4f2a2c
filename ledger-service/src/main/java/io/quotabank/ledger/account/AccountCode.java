package io.quotabank.ledger.account;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The name of an account. Accounts that every settlement touches exist once per partition of the usage topic, so that
 * batches of different partitions share no row.
 *
 * @param text {@code user:UUID}, {@code clearing:p07}, {@code earnings:UUID:p07}, ...
 * @param person whose account it is; null for the platform's
 */
public record AccountCode(String text, Kind kind, @Nullable UUID person) {

    /** Credits given, the contra account of {@code bonus} transfers. */
    public static final AccountCode GRANTS = new AccountCode("issued:grants", Kind.ISSUED, null);

    /** Credits sold or booked by an administrator, the contra account of {@code recharge} transfers. */
    public static final AccountCode RECHARGES = new AccountCode("issued:recharges", Kind.ISSUED, null);

    /** What an account is for; its wire name is the code's first part. */
    public enum Kind {
        USER("user", true),
        CLEARING("clearing", true),
        REVENUE("revenue", true),
        PLATFORM_LOSS("platform_loss", false),
        EARNINGS("earnings", true),
        ISSUED("issued", false),
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

    private static String shard(int partition) {
        return partition < 10 ? "p0" + partition : "p" + partition;
    }
}
