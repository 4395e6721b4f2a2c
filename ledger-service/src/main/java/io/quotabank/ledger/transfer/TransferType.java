package io.quotabank.ledger.transfer;

import java.util.Locale;

/** Why credits moved. The names are stable: callers and the database know them. */
public enum TransferType {
    /** Credits given: {@code issued:grants} to a person. */
    BONUS,
    /** Credits sold or booked by an administrator: {@code issued:recharges} to a person. */
    RECHARGE,
    /** A request's charge: a person to clearing. Its transfer has the request's id. */
    PROXY_USAGE,
    /** What buyers of a batch could not be charged: platform loss to clearing. */
    PROXY_LOSS,
    /** The platform's part of a batch: clearing to revenue. */
    PROXY_REVENUE,
    /** An owner's part of a batch: clearing to that owner's gathered earnings. */
    PROXY_ACCRUAL,
    /** An owner's part that only a second closing record told: platform loss to gathered earnings. */
    PROXY_CORRECTION,
    /** Gathered earnings to their owner. */
    PROXY_EARNINGS,
    /** Credits of a payment that was refunded: a person, or their debt, to {@code issued:recharges}. */
    RECHARGE_REFUND,
    /** Credits of a payment that is disputed: a person, or their debt, to {@code issued:recharges}. */
    CHARGEBACK,
    /** Credits whose refund or dispute came to nothing: {@code issued:recharges} to a person. */
    RECHARGE_RESTORED,
    /** What a person owed, out of a recharge: a person to their debt. */
    DEBT_SETTLEMENT;

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
