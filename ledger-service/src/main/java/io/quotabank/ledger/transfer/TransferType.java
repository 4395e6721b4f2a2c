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
    /** What an application consumed: a person to {@code consumed}. Its transfer has the consumption's id. */
    CONSUME,
    /** What is given back of a consumption: {@code consumed} to the person; refers to the consumption. */
    CONSUME_REFUND,
    /** What a hold of an application or a purchase settled: a person to revenue or, where it is split, to clearing. */
    ESCROW,
    /** The seller's part of a split: clearing to a person. */
    TRADE,
    /** The platform's part of a split: clearing to revenue. */
    FEE,
    /** What a split keeps back: clearing to the risk reserve. */
    RISK_RESERVE,
    /** Given credits whose time is over: a person to {@code issued:grants}. */
    EXPIRY(false),
    /** Credits of a payment that was refunded: a person, or their debt, to {@code issued:recharges}. */
    RECHARGE_REFUND(false),
    /** Credits of a payment that is disputed: a person, or their debt, to {@code issued:recharges}. */
    CHARGEBACK(false),
    /** Credits whose refund or dispute came to nothing: {@code issued:recharges} to a person. */
    RECHARGE_RESTORED,
    /** What a person owed, out of what came: a person to their debt. */
    DEBT_SETTLEMENT(false),
    /** A gift that went with its recharge, or what was spent of it: a person, or their debt, to {@code issued:grants}. */
    BONUS_REFUND(false),
    /** A gift, or what was paid for one, whose recharge stands after all: {@code issued:grants} to a person. */
    BONUS_RESTORED;

    private final boolean spends;

    TransferType() {
        this(true);
    }

    TransferType(boolean spends) {
        this.spends = spends;
    }

    /**
     * True where a debit uses a person's given credits up before paid ones. False where it is no use of credits: it takes
     * paid ones first.
     */
    boolean spends() {
        return spends;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
