package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;

/** What holds of the books by themselves, whatever has happened; the others are {@link Replays}. */
final class Invariants {

    private final Ledger ledger;

    Invariants(Ledger ledger) {
        this.ledger = ledger;
    }

    void all() {
        everythingSumsToZero();
        balancesAreTheirEntriesWithoutAGap();
        nothingIsNegative();
        heldIsLeftOfOpenHolds();
        eachHoldEndsOnceAndGivesNoMoreThanItHas();
        whatFailedLeftNothing();
        grantsAreWithinBalancesAndExpiriesWithinGrants();
        rechargesAreVerified();
    }

    /** 1. */
    void everythingSumsToZero() {
        none("SELECT CASE WHEN sum(CASE side WHEN 'credit' THEN posted ELSE -posted END) <> 0 THEN 1 ELSE 0 END"
                + " FROM account");
        none("""
                SELECT count(*) FROM (
                    SELECT FROM entry GROUP BY transfer
                    HAVING count(*) <> 2 OR sum(CASE side WHEN 'credit' THEN amount ELSE -amount END) <> 0) AS wrong
                """);
    }

    /** 2. */
    void balancesAreTheirEntriesWithoutAGap() {
        none("""
                SELECT count(*) FROM account a LEFT JOIN (
                    SELECT e.account, sum(CASE e.side WHEN a.side THEN e.amount ELSE -e.amount END) AS net,
                           count(*) AS entries, count(DISTINCT e.seq) AS different, max(e.seq) AS last
                    FROM entry e JOIN account a ON a.id = e.account GROUP BY e.account) m ON m.account = a.id
                WHERE a.posted <> coalesce(net, 0) OR a.seq <> coalesce(entries, 0)
                   OR a.seq <> coalesce(different, 0) OR a.seq <> coalesce(last, 0)
                """);
        none("""
                SELECT count(*) FROM (
                    SELECT e.balance_after AS after,
                           lag(e.balance_after, 1, 0) OVER (PARTITION BY e.account ORDER BY e.seq)
                               + CASE e.side WHEN a.side THEN e.amount ELSE -e.amount END AS expected
                    FROM entry e JOIN account a ON a.id = e.account) AS steps WHERE after <> expected
                """);
    }

    /** 3. */
    void nothingIsNegative() {
        none("SELECT count(*) FROM account WHERE posted < 0 OR held < 0 OR held + lapsed > posted OR backed > held");
        none("SELECT count(*) FROM entry WHERE balance_after < 0 OR amount <= 0");
    }

    /** 4. */
    void heldIsLeftOfOpenHolds() {
        none("""
                SELECT count(*) FROM account a LEFT JOIN (
                    SELECT account, sum(amount - settled - released) AS rest, sum(backed) AS backed FROM hold
                    WHERE status = 'active' GROUP BY account) h ON h.account = a.id
                WHERE a.held <> coalesce(h.rest, 0) OR a.backed <> coalesce(h.backed, 0)
                """);
        none("SELECT count(*) FROM hold WHERE status <> 'active' AND settled + released <> amount");
    }

    /** 5. */
    void eachHoldEndsOnceAndGivesNoMoreThanItHas() {
        none("""
                SELECT count(*) FROM hold h
                LEFT JOIN (SELECT hold, sum(amount) FILTER (WHERE NOT late) AS settled,
                                  sum(amount) FILTER (WHERE late) AS late FROM hold_settlement GROUP BY hold) s
                    ON s.hold = h.id
                LEFT JOIN (SELECT coalesce(f.hold, s.hold) AS hold, sum(coalesce(f.charge, s.charge)) AS settled
                           FROM settlement s LEFT JOIN settlement_funding f ON f.request = s.request
                           GROUP BY coalesce(f.hold, s.hold)) u ON u.hold = h.id
                WHERE h.settled <> coalesce(s.settled, 0) + coalesce(u.settled, 0)
                   OR h.settled_late <> coalesce(s.late, 0) OR h.settled + h.released > h.amount
                   OR h.settled_late > h.released OR (h.settled_late > 0 AND h.status <> 'expired')
                   OR (h.status = 'active') <> (h.settled + h.released < h.amount)
                """);
    }

    /** 7. Of whatever was refused, broken off or done twice there is neither a row without its transfer nor the reverse. */
    void whatFailedLeftNothing() {
        pairs("consume", "debit", "SELECT id, account, amount FROM consumption");
        pairs(
                "consume_refund",
                "credit",
                "SELECT r.transfer, c.account, r.amount FROM consumption_refund r JOIN consumption c ON c.id ="
                        + " r.consumption");
        pairs("escrow", "debit", "SELECT transfer, account, amount FROM hold_settlement");
        pairs("bonus", "credit", "SELECT transfer, account, amount FROM credit_grant");
        pairs("proxy_usage", "debit", "SELECT request, account, charge FROM settlement WHERE charge > 0");
        pairs(
                "recharge",
                "credit",
                "SELECT id, account, credits FROM recharge UNION ALL SELECT id, account, credits FROM payment WHERE"
                        + " standing = 'booked'");
        none("""
                SELECT count(*) FROM (
                    SELECT hold, sum(seller_part) AS seller, sum(reserve_part) AS reserve,
                           sum(platform_part) FILTER (WHERE split IS NOT NULL) AS platform
                    FROM hold_settlement GROUP BY hold) s
                FULL JOIN (
                    SELECT reference AS hold, sum(amount) FILTER (WHERE type = 'trade') AS seller,
                           sum(amount) FILTER (WHERE type = 'risk_reserve') AS reserve,
                           sum(amount) FILTER (WHERE type = 'fee') AS platform
                    FROM transfer WHERE type IN ('trade', 'risk_reserve', 'fee') GROUP BY reference) t USING (hold)
                WHERE coalesce(s.seller, 0) <> coalesce(t.seller, 0)
                   OR coalesce(s.reserve, 0) <> coalesce(t.reserve, 0)
                   OR coalesce(s.platform, 0) <> coalesce(t.platform, 0)
                """);
        none("SELECT count(*) FROM account WHERE kind = 'clearing' AND posted <> 0");
    }

    /** @param side of the transfers on which the person is */
    private void pairs(String type, String side, String rows) {
        none("SELECT count(*) FROM (" + rows + ") AS r (id, account, amount) FULL JOIN (SELECT id, " + side
                + " AS account, amount FROM transfer WHERE type = '" + type + "') t ON t.id = r.id"
                + " WHERE (r.account, r.amount) IS DISTINCT FROM (t.account, t.amount)");
    }

    /** 10. That they are used up in their order is what the model tells. */
    void grantsAreWithinBalancesAndExpiriesWithinGrants() {
        none("""
                SELECT count(*) FROM account a LEFT JOIN (
                    SELECT account, sum(amount - gone) AS rest FROM credit_grant GROUP BY account) g ON g.account = a.id
                WHERE a.lots <> coalesce(g.rest, 0)
                   OR greatest(0, a.lots - (a.debited - a.spread)) + a.backed + a.lapsed > a.posted
                """);
        none("""
                SELECT count(*) FROM (
                    SELECT reference, debit, sum(amount) AS amount FROM transfer
                    WHERE (type = 'expiry' AND reference IS NOT NULL) OR id IN (SELECT transfer FROM grant_claw)
                    GROUP BY reference, debit) e
                LEFT JOIN credit_grant g ON g.transfer = e.reference AND g.account = e.debit
                WHERE (e.amount <= g.gone + g.returned) IS NOT TRUE OR g.expires_at IS NULL
                """);
        none("""
                SELECT count(*) FROM (
                    SELECT lot, sum(from_balance + to_debt + CASE WHEN transfer IS NULL THEN 0 ELSE from_lot END) AS amount
                    FROM grant_claw WHERE type = 'revoked' GROUP BY lot) c
                FULL JOIN (SELECT reference, sum(amount) AS amount FROM transfer WHERE type = 'bonus_refund'
                           GROUP BY reference) t ON t.reference = c.lot
                WHERE coalesce(c.amount, 0) <> coalesce(t.amount, 0)
                """);
        none("SELECT count(*) FROM credit_grant WHERE gone < 0 OR gone > amount OR ended > gone");
        none("""
                SELECT count(*) FROM (
                    SELECT lot, sum(part) AS part FROM consumption, unnest(lots, parts) AS given (lot, part) GROUP BY lot) c
                LEFT JOIN credit_grant g ON g.transfer = c.lot
                WHERE (c.part <= g.amount + g.returned) IS NOT TRUE
                """);
        none("""
                SELECT CASE WHEN (SELECT coalesce(sum(returned), 0) FROM credit_grant)
                              <> (SELECT coalesce(sum(to_lots), 0) FROM consumption_refund)
                               + (SELECT coalesce(sum(from_lot), 0) FROM grant_claw WHERE type = 'restored')
                       THEN 1 ELSE 0 END
                """);
        none("""
                SELECT count(*) FROM consumption_refund r JOIN consumption c ON c.id = r.consumption
                WHERE r.to_lots > greatest(0, (SELECT coalesce(sum(part), 0) FROM unnest(c.parts) AS part)
                                               - (c.amount - r.amount))
                """);
    }

    /** 12. */
    void rechargesAreVerified() {
        none("""
                SELECT count(*) FROM (SELECT id, credits FROM payment_order WHERE state = 'paid') o
                FULL JOIN (SELECT payment_order, credits, amount_fen FROM payment WHERE standing = 'booked') p
                    ON p.payment_order = o.id
                LEFT JOIN payment_order asked ON asked.id = p.payment_order
                WHERE o.credits IS DISTINCT FROM p.credits OR p.amount_fen IS DISTINCT FROM asked.amount_fen
                """);
        none("""
                SELECT count(*) FROM account WHERE code = 'issued:recharges' AND posted <>
                    (SELECT coalesce(sum(credits), 0) FROM recharge)
                    + (SELECT coalesce(sum(credits - clawed), 0) FROM payment)
                """);
        none("""
                SELECT count(*) FROM payment p LEFT JOIN (
                    SELECT payment, sum(CASE type WHEN 'recharge_restored' THEN -credits ELSE credits END) AS credits
                    FROM payment_claw GROUP BY payment) c ON c.payment = p.id
                WHERE p.clawed <> coalesce(c.credits, 0)
                """);
    }

    private void none(String sql) {
        assertThat(ledger.number(sql)).as(sql).isZero();
    }
}
