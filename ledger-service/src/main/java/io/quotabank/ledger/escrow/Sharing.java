package io.quotabank.ledger.escrow;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.split.Split;
import io.quotabank.ledger.split.Split.Payee;
import io.quotabank.ledger.split.Splits;
import io.quotabank.ledger.text.Text;
import io.quotabank.ledger.transfer.Books;
import io.quotabank.ledger.transfer.TransferType;
import io.quotabank.platform.id.Ids;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Who gets what a hold settles: the platform all of it, or the payees of a split their parts. */
@Component
class Sharing {

    /**
     * @param id the application's, up to 128 characters
     * @param split by which it is shared out; null gives all to the platform
     * @param splitVersion null for the newest
     * @param seller where the split names one
     * @param last gives back what is left after it
     */
    record Settle(
            String id,
            Credits amount,
            @Nullable String split,
            @Nullable Integer splitVersion,
            @Nullable UUID seller,
            boolean last) {

        private static final int LONGEST_ID = 128;
        private static final int LONGEST_SPLIT = 100;

        Settle {
            if (amount.isZero()) {
                throw new IllegalArgumentException("amount is above zero");
            }
            Text.required("settlement_id", id, LONGEST_ID);
            Text.optional("split", split, LONGEST_SPLIT);
            if (split == null && (splitVersion != null || seller != null)) {
                throw new IllegalArgumentException("split_version and seller_id need a split");
            }
        }

        String told() {
            return id + "|" + amount + "|" + split + "|" + splitVersion + "|" + seller + "|" + last;
        }
    }

    /**
     * What is to be posted, with the accounts that it needs.
     *
     * @param accounts opened before the transaction that locks them
     * @param digest of what was asked for
     */
    record Plan(
            Settle settle, @Nullable Split split, Map<Payee, AccountId> accounts, AccountId through, String digest) {

        /** But for the seller's. */
        List<AccountId> shared() {
            var all = new ArrayList<>(accounts.values());
            all.add(through);
            all.remove(accounts.get(Payee.SELLER));
            return all;
        }
    }

    private final Accounts accounts;
    private final Splits splits;
    private final Ids ids;

    Sharing(Accounts accounts, Splits splits, Ids ids) {
        this.accounts = accounts;
        this.splits = splits;
        this.ids = ids;
    }

    /**
     * Call it outside a transaction.
     *
     * @return empty where there is no such split
     * @throws IllegalArgumentException where the split and the seller don't fit
     */
    Optional<Plan> plan(Settle settle, Escrow hold) {
        var payer = hold.account();
        var digest = Idempotency.digest(settle.told());
        if (settle.split() == null) {
            var revenue = accounts.open(AccountCode.holdRevenue(payer));
            return Optional.of(new Plan(settle, null, Map.of(Payee.PLATFORM, revenue), revenue, digest));
        }
        return splits.find(settle.split(), settle.splitVersion()).map(split -> {
            check(split, settle, hold);
            var codes = new EnumMap<Payee, AccountCode>(Payee.class);
            for (var share : split.shares()) {
                codes.put(share.payee(), code(share.payee(), settle.seller(), payer));
            }
            var through = AccountCode.holdClearing(payer);
            var open = new ArrayList<>(codes.values());
            open.add(through);
            var opened = accounts.open(open);
            var payees = new EnumMap<Payee, AccountId>(Payee.class);
            codes.forEach((payee, code) -> payees.put(payee, of(opened, code)));
            return new Plan(settle, split, payees, of(opened, through), digest);
        });
    }

    /** Posts the person's entry and the parts of it; nothing stays where it passes through. */
    Settlement post(Books books, Escrow hold, Plan plan, boolean late) {
        var settle = plan.settle();
        var transfer = ids.next();
        if (late) {
            books.transfer(transfer, hold.account(), plan.through(), settle.amount(), TransferType.ESCROW, hold.id());
        } else {
            books.settle(
                    transfer,
                    hold.account(),
                    plan.through(),
                    settle.amount(),
                    hold.backedCharge(settle.amount()),
                    TransferType.ESCROW,
                    hold.id());
        }
        var split = plan.split();
        var parts = split == null ? Map.of(Payee.PLATFORM, settle.amount()) : split.of(settle.amount());
        if (split != null) {
            parts.forEach((payee, part) -> {
                if (!part.isZero()) {
                    books.transfer(
                            ids.next(), plan.through(), of(plan.accounts(), payee), part, type(payee), hold.id());
                }
            });
        }
        return new Settlement(
                settle.id(),
                transfer,
                settle.amount(),
                late,
                settle.seller(),
                parts.getOrDefault(Payee.SELLER, Credits.ZERO),
                parts.getOrDefault(Payee.PLATFORM, Credits.ZERO),
                parts.getOrDefault(Payee.RESERVE, Credits.ZERO),
                split == null ? null : split.name(),
                split == null ? null : split.version(),
                plan.digest());
    }

    private static void check(Split split, Settle settle, Escrow hold) {
        if (split.names(Payee.SELLER) != (settle.seller() != null)) {
            throw new IllegalArgumentException("seller_id is needed where the split names a seller, and only there");
        }
        if (hold.person().equals(settle.seller())) {
            throw new IllegalArgumentException("nobody sells to themselves");
        }
    }

    private static AccountCode code(Payee payee, @Nullable UUID seller, AccountId payer) {
        return switch (payee) {
            case SELLER -> AccountCode.user(Objects.requireNonNull(seller));
            case PLATFORM -> AccountCode.holdRevenue(payer);
            case RESERVE -> AccountCode.holdReserve(payer);
        };
    }

    private static <K> AccountId of(Map<K, AccountId> accounts, K key) {
        return Objects.requireNonNull(accounts.get(key));
    }

    private static TransferType type(Payee payee) {
        return switch (payee) {
            case SELLER -> TransferType.TRADE;
            case PLATFORM -> TransferType.FEE;
            case RESERVE -> TransferType.RISK_RESERVE;
        };
    }
}
