package io.quotabank.ledger.credit;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome;
import io.quotabank.ledger.reward.Rewards;
import io.quotabank.ledger.text.Text;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Books recharges that an administrator or a service vouches for, each order once. */
@Service
class Recharges {

    private static final int FEN_DIGITS = 2;
    private static final int LONGEST_ORDER = 128;

    /**
     * @param amountYuan what was paid, with at most two decimals
     * @param orderId books once, for ever; null for a recharge without an order
     */
    record Recharge(
            UUID userId,
            Credits credits,
            BigDecimal amountYuan,
            @Nullable PaymentMethod method,
            @Nullable String orderId) {

        Recharge {
            if (credits.isZero()
                    || amountYuan.signum() < 0
                    || amountYuan.stripTrailingZeros().scale() > FEN_DIGITS) {
                throw new IllegalArgumentException("credits are above zero, amount is yuan with at most two decimals");
            }
            if (orderId != null) {
                Text.required("order_id", orderId, LONGEST_ORDER);
            }
        }

        String digest() {
            return Idempotency.digest(userId + "|" + credits.micro() + "|" + fen() + "|" + method + "|" + orderId);
        }

        long fen() {
            try {
                return amountYuan.movePointRight(FEN_DIGITS).longValueExact();
            } catch (ArithmeticException tooLarge) {
                throw new IllegalArgumentException("amount is too large");
            }
        }
    }

    record Booked(Credits recharged, Credits balance) {}

    private record Touched(AccountId issued, AccountId account, AccountId debt) {}

    private record Earlier(String digest, Booked booked) {}

    private static final String FIND =
            "SELECT encode(body_digest, 'hex'), credits, balance_after FROM recharge WHERE order_id = ?";

    private static final String INSERT = """
            INSERT INTO recharge (id, account, credits, amount_fen, payment_method, order_id, body_digest,
                balance_after, actor)
            VALUES (:id, :account, :credits, :fen, :method, :order, decode(:digest, 'hex'), :balance, :actor)
            """;

    private final Accounts accounts;
    private final Grants grants;
    private final Rewards rewards;
    private final Transfers transfers;
    private final Debts debts;
    private final Idempotency idempotency;
    private final JdbcClient jdbc;
    private final Ids ids;

    Recharges(
            Accounts accounts,
            Grants grants,
            Rewards rewards,
            Transfers transfers,
            Debts debts,
            Idempotency idempotency,
            JdbcClient jdbc,
            Ids ids) {
        this.accounts = accounts;
        this.grants = grants;
        this.rewards = rewards;
        this.transfers = transfers;
        this.debts = debts;
        this.idempotency = idempotency;
        this.jdbc = jdbc;
        this.ids = ids;
    }

    /** @param key the caller's idempotency key, if there is one; the order is one as well */
    Outcome<Booked> book(Recharge recharge, String actor, @Nullable String key) {
        var account = grants.vouchedFor(recharge.userId());
        var touched = new Touched(accounts.open(AccountCode.RECHARGES), account, debts.account(recharge.userId()));
        return transfers.inTransaction(() -> key == null
                ? byOrder(recharge, actor, touched)
                : idempotency.once(
                        actor, key, recharge.digest(), Booked.class, () -> byOrder(recharge, actor, touched)));
    }

    private Outcome<Booked> byOrder(Recharge recharge, String actor, Touched touched) {
        var order = recharge.orderId();
        if (order == null) {
            return new Outcome.Done<>(post(recharge, actor, touched));
        }
        if (!idempotency.alone("order:" + order)) {
            return new Outcome.InFlight<>();
        }
        var earlier = find(order);
        if (earlier.isEmpty()) {
            return new Outcome.Done<>(post(recharge, actor, touched));
        }
        return earlier.get().digest().equals(recharge.digest())
                ? new Outcome.Done<>(earlier.get().booked())
                : new Outcome.Reused<>();
    }

    private Booked post(Recharge recharge, String actor, Touched touched) {
        var account = touched.account();
        var sides = rewards.sides(recharge.userId(), account);
        var books = transfers.lock(sides.with(List.of(touched.issued(), touched.debt())));
        var id = ids.next();
        books.transfer(id, touched.issued(), account, recharge.credits(), TransferType.RECHARGE, null);
        rewards.recharged(books, sides, id, recharge.credits());
        debts.settle(books, account, touched.debt(), recharge.credits());
        transfers.post(books);
        var booked = new Booked(recharge.credits(), books.posted(account));
        jdbc.sql(INSERT)
                .param("id", id)
                .param("account", account.value())
                .param("credits", recharge.credits().micro())
                .param("fen", recharge.fen())
                .param(
                        "method",
                        recharge.method() == null ? null : recharge.method().wire())
                .param("order", recharge.orderId())
                .param("digest", recharge.digest())
                .param("balance", booked.balance().micro())
                .param("actor", actor)
                .update();
        return booked;
    }

    private Optional<Earlier> find(String order) {
        return jdbc.sql(FIND)
                .param(order)
                .query((row, index) -> new Earlier(
                        row.getString(1), new Booked(new Credits(row.getLong(2)), new Credits(row.getLong(3)))))
                .optional();
    }
}
