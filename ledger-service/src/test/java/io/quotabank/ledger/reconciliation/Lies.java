package io.quotabank.ledger.reconciliation;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Lies that the owner of the tables can tell, and which proof must find each. */
final class Lies {

    private static final String PAID_ORDER = """
            INSERT INTO payment_order (id, account, person, provider, package, amount_fen, credits, terms, state, opened_at,
                closes_at, next_look_at, paid_at)
            SELECT '01990000-0000-7000-8000-0000000000aa', 1, gen_random_uuid(), 'stripe', id, 5, 7, '', 'paid', now(),
                now() + interval '1 h', now(), now()
            FROM credit_package LIMIT 1;""";

    private static final String CLAWED_PAYMENT = """
            INSERT INTO payment (id, provider, provider_txn, payment_order, account, debt, amount_fen, currency, standing,
                credits, clawed)
            VALUES (gen_random_uuid(), 'stripe', 'x', '01990000-0000-7000-8000-0000000000aa', 1, 1, 5, 'CNY', 'booked', 7,
                3);""";

    private static final String GIFT_CLAW = """
            INSERT INTO grant_claw (id, lot, payment, type, from_lot, from_balance, to_debt)
            SELECT gen_random_uuid(), gen_random_uuid(), id, '%s', %d, %d, %d FROM payment""";
    private static final String TAKEN_GIFT = """
            INSERT INTO grant_claw (id, lot, payment, type, from_lot, from_balance, to_debt, transfer)
            SELECT gen_random_uuid(), %s, id, 'revoked', 3, 0, 0, gen_random_uuid() FROM payment""";

    private static final String NEWEST = " WHERE id = (SELECT id FROM recharge ORDER BY id DESC OFFSET %d LIMIT 1);";

    // What somebody recharged becomes what another person paid.
    private static final String PAID_BY_ANOTHER = PAID_ORDER + """
            INSERT INTO payment (id, provider, provider_txn, payment_order, account, debt, amount_fen, currency, standing,
                credits)
            SELECT id, 'stripe', 'x', '01990000-0000-7000-8000-0000000000aa', 1, 1, 5, 'CNY', 'booked', credits
            FROM recharge ORDER BY id DESC LIMIT 1;
            DELETE FROM recharge WHERE id IN (SELECT id FROM payment)""";

    /** The proof and the statement. */
    static Stream<Arguments> all() {
        return Stream.of(
                Arguments.of(
                        "sum_of_all_accounts_is_zero", "UPDATE account SET posted = posted + 1 WHERE kind = 'revenue'"),
                Arguments.of(
                        "balances_are_sums_of_transfers",
                        "UPDATE account SET debited = debited + 1 WHERE kind = 'user'"),
                Arguments.of(
                        "balances_after_follow_each_other",
                        "UPDATE transfer SET debit_seq = debit_seq + 1 WHERE type = 'proxy_usage'"),
                Arguments.of("held_is_left_in_active_holds", "UPDATE account SET held = held - 1 WHERE held > 0"),
                Arguments.of("clearing_is_empty", "UPDATE account SET posted = posted + 1 WHERE kind = 'clearing'"),
                Arguments.of(
                        "charges_are_transfers",
                        "UPDATE settlement SET charge = charge - 1, loss = loss + 1 WHERE attempts = 1"),
                Arguments.of(
                        "losses_are_platform_loss",
                        "UPDATE settlement SET charge = charge - 1, loss = loss + 1 WHERE attempts = 1"),
                Arguments.of(
                        "owners_parts_are_accruals",
                        "UPDATE settlement SET owners_part = owners_part - 1, platform_part = platform_part + 1"),
                Arguments.of(
                        "platform_parts_are_revenue",
                        "UPDATE settlement SET owners_part = owners_part - 1, platform_part = platform_part + 1"),
                Arguments.of("attempts_add_up_to_owners_parts", "DELETE FROM settlement_attempt WHERE position = 0"),
                Arguments.of("fundings_add_up_to_charges", "DELETE FROM settlement_funding WHERE position = 0"),
                Arguments.of(
                        "holds_settled_what_requests_took",
                        "UPDATE hold SET settled = settled - 1 WHERE settled > 0 AND kind = 'lease'"),
                Arguments.of("settlements_of_holds_are_transfers", "DELETE FROM hold_settlement"),
                Arguments.of(
                        "settlements_of_holds_are_transfers",
                        "UPDATE transfer SET reference = uuidv7() WHERE type = 'escrow'"),
                Arguments.of(
                        "holds_gave_what_was_settled",
                        "UPDATE hold SET settled = settled - 1 WHERE kind = 'application' AND settled > 0"),
                Arguments.of(
                        "sellers_parts_are_trades",
                        "UPDATE hold_settlement SET seller_part = seller_part - 1, platform_part = platform_part + 1"),
                Arguments.of(
                        "platform_parts_are_revenue",
                        "UPDATE hold_settlement SET seller_part = seller_part - 1, platform_part = platform_part + 1"),
                Arguments.of(
                        "reserves_are_kept_parts",
                        "UPDATE hold_settlement SET seller_part = seller_part - 1, reserve_part = reserve_part + 1"),
                Arguments.of(
                        "caps_count_charges_and_open_holds",
                        "UPDATE cap_window SET held = held + 1, spent = spent - 1 WHERE span = 'day'"),
                Arguments.of("issued_grants_are_grants", "UPDATE credit_grant SET amount = amount + 1"),
                Arguments.of(
                        "issued_grants_are_grants", "UPDATE credit_grant SET account = (SELECT min(id) FROM account)"),
                Arguments.of(
                        "issued_grants_are_grants", "UPDATE transfer SET amount = amount + 1 WHERE type = 'bonus'"),
                Arguments.of(
                        "lots_are_what_accounts_tell", "UPDATE credit_grant SET gone = gone + 1 WHERE gone < amount"),
                Arguments.of(
                        "no_more_expired_than_was_given",
                        "INSERT INTO transfer (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq,"
                                + " type, reference)"
                                + " VALUES (gen_random_uuid(), 1, 2, 5, 0, 0, 1, 1, 'expiry', gen_random_uuid())"),
                Arguments.of("issued_recharges_are_recharges", "DELETE FROM recharge"),
                Arguments.of("issued_recharges_are_recharges", PAID_ORDER + CLAWED_PAYMENT),
                Arguments.of(
                        "issued_recharges_are_recharges",
                        "UPDATE recharge SET account = (SELECT min(id) FROM account)"),
                Arguments.of(
                        "issued_recharges_are_recharges",
                        "UPDATE recharge SET credits = credits + 2" + NEWEST.formatted(0)
                                + "UPDATE recharge SET credits = credits - 2" + NEWEST.formatted(1)),
                Arguments.of("issued_recharges_are_recharges", PAID_BY_ANOTHER),
                Arguments.of("consumed_is_what_applications_took", "DELETE FROM consumption_refund"),
                Arguments.of("consumed_is_what_applications_took", "UPDATE consumption SET account = account + 1"),
                Arguments.of(
                        "consumed_is_what_applications_took",
                        "UPDATE transfer SET amount = amount + 1 WHERE type = 'consume'"),
                Arguments.of(
                        "consumed_is_what_applications_took",
                        "UPDATE consumption_refund SET amount = amount - 1, to_lots = to_lots - 1"),
                Arguments.of(
                        "returned_to_gifts_is_what_was_refunded",
                        "UPDATE credit_grant SET returned = returned + 1, gone = gone - 1 WHERE gone > 0"),
                Arguments.of(
                        "returned_to_gifts_is_what_was_refunded",
                        "UPDATE consumption SET parts[1] = parts[1] - 1 WHERE parts IS NOT NULL"),
                Arguments.of(
                        "returned_to_gifts_is_what_was_refunded",
                        PAID_ORDER + CLAWED_PAYMENT + GIFT_CLAW.formatted("restored", 3, 0, 0)),
                Arguments.of(
                        "issued_grants_are_grants",
                        PAID_ORDER + CLAWED_PAYMENT + GIFT_CLAW.formatted("revoked", 0, 3, 0)),
                Arguments.of(
                        "issued_grants_are_grants",
                        PAID_ORDER
                                + CLAWED_PAYMENT
                                + TAKEN_GIFT.formatted("(SELECT transfer FROM credit_grant WHERE gone > 3 LIMIT 1)")),
                Arguments.of(
                        "no_more_expired_than_was_given",
                        PAID_ORDER + CLAWED_PAYMENT + TAKEN_GIFT.formatted("gen_random_uuid()")),
                Arguments.of(
                        "no_more_expired_than_was_given",
                        PAID_ORDER
                                + CLAWED_PAYMENT
                                + TAKEN_GIFT.formatted("(SELECT transfer FROM credit_grant WHERE gone > 3 LIMIT 1)")),
                Arguments.of(
                        "debts_are_claws_that_are_not_settled",
                        PAID_ORDER + CLAWED_PAYMENT + GIFT_CLAW.formatted("revoked", 0, 0, 3)),
                Arguments.of("paid_orders_are_booked_payments", PAID_ORDER),
                Arguments.of(
                        "paid_orders_are_booked_payments", PAID_ORDER + CLAWED_PAYMENT.replace("1, 1, 5", "2, 1, 5")),
                Arguments.of("claws_are_what_payments_lost", PAID_ORDER + CLAWED_PAYMENT),
                Arguments.of(
                        "claws_are_what_payments_lost",
                        PAID_ORDER + CLAWED_PAYMENT.replace("3)", "0)")
                                + "INSERT INTO payment_claw (id, payment, type, credits, from_balance, to_debt)"
                                + " SELECT gen_random_uuid(), id, 'chargeback', 2, 2, 0 FROM payment"),
                Arguments.of(
                        "debts_are_claws_that_are_not_settled",
                        PAID_ORDER + CLAWED_PAYMENT
                                + "INSERT INTO payment_claw (id, payment, type, credits, from_balance, to_debt)"
                                + " SELECT gen_random_uuid(), id, 'chargeback', 3, 0, 3 FROM payment"),
                Arguments.of(
                        "debts_are_claws_that_are_not_settled",
                        "UPDATE account SET posted = posted + 1 WHERE kind = 'debt'"),
                Arguments.of(
                        "settlements_share_out_what_was_paid",
                        "ALTER TABLE settlement DROP CONSTRAINT settlement_gives_what_was_served;"
                                + "UPDATE settlement SET platform_part = platform_part + 1"),
                Arguments.of(
                        "one_settlement_per_request",
                        "ALTER TABLE settlement DROP CONSTRAINT settlement_pkey;"
                                + "INSERT INTO settlement SELECT * FROM settlement LIMIT 1"));
    }

    private Lies() {}
}
