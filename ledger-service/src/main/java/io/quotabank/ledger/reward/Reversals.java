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

    private static final String REVOKED = "revoked";
    private static final String RESTORED = "restored";

    private static final String INSERT = """
            INSERT INTO grant_claw (id, lot, payment, type, from_lot, from_balance, to_debt)
            VALUES (:id, :lot, :payment, :type, :lots, :balance, :debt)
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
                .ifPresent(gift -> keep(payment, gift.lot(), REVOKED, gift.fromLot(), Credits.ZERO, Credits.ZERO));
        grants.revoke(books, sides.account(), Rewards.toInvited(sides.person())).ifPresent(gift -> {
            var fromBalance = grants.claim(books, sides.account(), debt, gift);
            var toDebt = gift.spent().minus(fromBalance);
            if (!toDebt.isZero()) {
                debts.pledge(books, sides.account(), toDebt);
            }
            keep(payment, gift.lot(), REVOKED, gift.fromLot(), fromBalance, toDebt);
        });
    }

    void restore(Books books, Sides sides, AccountId inviting, AccountId debt, UUID payment) {
        grants.restore(books, inviting, Rewards.toInviter(sides.person()))
                .ifPresent(gift -> keep(payment, gift.lot(), RESTORED, gift.toLot(), gift.paid(), Credits.ZERO));
        grants.restore(books, sides.account(), Rewards.toInvited(sides.person()))
                .ifPresent(gift -> {
                    debts.settle(books, sides.account(), debt, gift.paid());
                    keep(payment, gift.lot(), RESTORED, gift.toLot(), gift.paid(), Credits.ZERO);
                });
    }

    private void keep(UUID payment, UUID lot, String type, Credits fromLot, Credits fromBalance, Credits toDebt) {
        jdbc.sql(INSERT)
                .param("id", ids.next())
                .param("lot", lot)
                .param("payment", payment)
                .param("type", type)
                .param("lots", fromLot.micro())
                .param("balance", fromBalance.micro())
                .param("debt", toDebt.micro())
                .update();
    }
}
