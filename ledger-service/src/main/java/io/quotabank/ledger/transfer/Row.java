package io.quotabank.ledger.transfer;

import io.quotabank.ledger.account.AccountId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A transfer with both balances after it, in micro-credits on each account's normal side. */
record Row(
        UUID id,
        AccountId debit,
        AccountId credit,
        long amount,
        long debitAfter,
        long creditAfter,
        long debitSeq,
        long creditSeq,
        TransferType type,
        @Nullable UUID reference) {}
