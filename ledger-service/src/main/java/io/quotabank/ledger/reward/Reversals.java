package io.quotabank.ledger.reward;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.reward.Rewards.Sides;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.platform.id.Ids;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Takes an invitation's gifts back as the recharge goes back that brought them, and gives them again where it stands after
 * all. What is left of both goes. What was spent is asked back of the invited person alone, whose recharge it was: the
 * inviter spent in good faith, and could neither know nor help it.
 */
@Component
class Reversals {

    private static final String INSERT = """
            INSERT INTO grant_claw (id, lot, payment, type, from_lot, from_balance, to_debt, transfer)
            VALUES (:id, :lot, :payment, :type, :lots, :balance, :debt, :transfer)
            """;

    private final Grants grants;
    private final Debts debts;
    private final JdbcClient jdbc;
    private final Ids ids;

    Reversals(Grants grants, Debts debts, JdbcClient jdbc, Ids ids) {
        this.grants = grants;
        this.debts = debts;
        this.jdbc = jdbc;
        this.ids = ids;
    }

    void revoke(Books books, Sides sides, AccountId inviting, AccountId debt, UUID payment) {
        grants.revoke(books, inviting, Rewards.toInviter(sides.person()))
                .ifPresent(gift -> revoked(payment, gift, Credits.ZERO, Credits.ZERO));
        grants.revoke(books, sides.account(), Rewards.toInvited(sides.person())).ifPresent(gift -> {
            var fromBalance = grants.claim(books, sides.account(), debt, gift);
            var toDebt = gift.spent().minus(fromBalance);
            if (!toDebt.isZero()) {
                debts.pledge(books, sides.account(), toDebt);
            }
            revoked(payment, gift, fromBalance, toDebt);
        });
    }

    void restore(Books books, Sides sides, AccountId inviting, AccountId debt, UUID payment) {
        grants.restore(books, inviting, Rewards.toInviter(sides.person())).ifPresent(gift -> restored(payment, gift));
        grants.restore(books, sides.account(), Rewards.toInvited(sides.person()))
                .ifPresent(gift -> {
                    debts.settle(books, sides.account(), debt, gift.paid());
                    restored(payment, gift);
                });
    }

    private void revoked(UUID payment, Grants.Revoked gift, Credits fromBalance, Credits toDebt) {
        insert(payment, gift.lot(), "revoked", gift.fromLot(), fromBalance)
                .param("debt", toDebt.micro())
                .param("transfer", gift.transfer())
                .update();
    }

    private void restored(UUID payment, Grants.Restored gift) {
        insert(payment, gift.lot(), "restored", gift.toLot(), gift.paid())
                .param("debt", 0)
                .param("transfer", null)
                .update();
    }

    private JdbcClient.StatementSpec insert(UUID payment, UUID lot, String type, Credits lots, Credits balance) {
        return jdbc.sql(INSERT)
                .param("id", ids.next())
                .param("lot", lot)
                .param("payment", payment)
                .param("type", type)
                .param("lots", lots.micro())
                .param("balance", balance.micro());
    }
}
