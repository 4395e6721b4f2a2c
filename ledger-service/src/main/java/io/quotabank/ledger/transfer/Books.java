package io.quotabank.ledger.transfer;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Accounts whose rows this transaction has locked, and what it does to them: running balances in memory, so that two
 * statements post any number of transfers. No balance goes below zero or below what is held: such a transfer is refused
 * with {@link BrokenRuleException}, as the database would.
 *
 * <p>Where given credits of an account have passed their time and that is not booked yet, nobody can reserve or spend what
 * is available there: {@link Transfers#inTransaction} books it and runs the work again.
 */
public final class Books {

    private final long[] ids;
    private final boolean[] creditNormal;
    private final @Nullable String[] tiers;
    private final long[] posted;
    private final long[] held;
    private final long[] debited;
    private final long[] seq;
    private final long[] seqBefore;
    private final boolean[] changed;
    private final Lots lots;
    private final Pledges pledges;
    private final List<Row> rows = new ArrayList<>();

    /** Room for accounts in order of their ids; those are locked that are {@link #put}. */
    Books(long[] sortedIds) {
        ids = sortedIds;
        int size = ids.length;
        creditNormal = new boolean[size];
        tiers = new String[size];
        posted = new long[size];
        held = new long[size];
        debited = new long[size];
        seq = new long[size];
        seqBefore = new long[size];
        changed = new boolean[size];
        lots = new Lots(size);
        pledges = new Pledges(size);
    }

    void put(int index, boolean creditSide, String tier, long postedNow, long heldNow, long debitedNow, long seqNow) {
        creditNormal[index] = creditSide;
        tiers[index] = tier;
        posted[index] = postedNow;
        held[index] = heldNow;
        debited[index] = debitedNow;
        seq[index] = seqNow;
        seqBefore[index] = seqNow;
    }

    /** Whether this transaction has locked an account's row, in these books. */
    public boolean isLocked(AccountId account) {
        int at = at(account.value());
        return at >= 0 && tiers[at] != null;
    }

    /** Those that are locked. */
    public List<AccountId> accounts() {
        return Arrays.stream(ids)
                .mapToObj(AccountId::new)
                .filter(this::isLocked)
                .toList();
    }

    /** Where an account has its room; below zero where it has none. */
    int at(long id) {
        return Arrays.binarySearch(ids, id);
    }

    /** What is left of the given credits of the accounts. */
    Lots lots() {
        return lots;
    }

    /** What they hold that is pledged to their debts. */
    Pledges pledges() {
        return pledges;
    }

    public Credits posted(AccountId account) {
        return new Credits(posted[indexOf(account)]);
    }

    public Credits held(AccountId account) {
        return new Credits(held[indexOf(account)]);
    }

    /** Posted less held, and less what holds gave back of expired grants. */
    public Credits available(AccountId account) {
        int at = indexOf(account);
        refuseWhenDue(at);
        return new Credits(posted[at] - held[at] - lots.lapsed(at));
    }

    public String tier(AccountId account) {
        return Objects.requireNonNull(tiers[indexOf(account)]);
    }

    /** What spending has taken since {@link #spread}: to be taken from the lots in their order, the rest from paid credits. */
    public Credits unspread(AccountId account) {
        int at = indexOf(account);
        return new Credits(lots.unspread(at, debited[at]));
    }

    /** What is held of credits whose time is not over. */
    public Credits heldUnbacked(AccountId account) {
        int at = indexOf(account);
        return new Credits(held[at] - lots.backed(at));
    }

    /** What spending an amount would take of given credits. */
    public Credits given(AccountId account, Credits amount) {
        int at = indexOf(account);
        return amount.min(new Credits(lots.left(at, debited[at])));
    }

    /** Accounts with something pledged to a debt. */
    public List<AccountId> pledging() {
        return accounts().stream()
                .filter(id -> pledges.pledged(indexOf(id)) > 0)
                .toList();
    }

    /** What holds gave back and is pledged: it pays the debt, and then {@link #pledge} tells what still is. */
    public Credits back(AccountId account) {
        return new Credits(pledges.back(indexOf(account)));
    }

    /** Of what is held: it pays the debt as it comes back. */
    public Credits pledged(AccountId account) {
        return new Credits(pledges.pledged(indexOf(account)));
    }

    /** Pledges so much to the debt, at most what is held. */
    public void pledge(AccountId account, Credits amount) {
        int at = indexOf(account);
        pledges.pledge(at, Math.min(amount.micro(), held[at]));
        changed[at] = true;
    }

    /** Credits whose time is over and that holds gave back. */
    public Credits lapsed(AccountId account) {
        return new Credits(lots.lapsed(indexOf(account)));
    }

    /**
     * All spending up to now has been taken from the lots. What has lapsed is free to be booked as expired.
     *
     * @param left what the lots have left together
     * @param backed what open holds got of lots that have expired
     * @param nextExpiry when the next of the lots expires; null where none does
     */
    public void spread(AccountId account, Credits left, Credits backed, @Nullable Instant nextExpiry) {
        int at = indexOf(account);
        lots.spread(at, left.micro(), debited[at], backed.micro(), nextExpiry);
        set(at, posted[at], held[at]);
    }

    /**
     * A gift was booked, and its lot is a new one beside those that {@link #spread} told in the same transaction.
     *
     * @param expiresAt null for never
     */
    public void given(AccountId account, Credits amount, @Nullable Instant expiresAt) {
        lots.add(indexOf(account), amount.micro(), expiresAt);
    }

    /** Reserves; what is available must be enough. */
    public void hold(AccountId account, Credits amount) {
        int at = indexOf(account);
        refuseWhenDue(at);
        set(at, posted[at], Math.addExact(held[at], amount.micro()));
    }

    /** Takes back from what is held. */
    public void release(AccountId account, Credits amount) {
        release(account, amount, Credits.ZERO);
    }

    /**
     * Takes back from what is held.
     *
     * @param lapsed how much of it is of grants that have expired meanwhile: nobody gets that, it is booked as expired next
     */
    public void release(AccountId account, Credits amount, Credits lapsed) {
        int at = indexOf(account);
        lots.lapse(at, lapsed.micro());
        pledges.release(at, amount.micro() - lapsed.micro());
        set(at, posted[at], held[at] - amount.micro());
    }

    /** A transfer of an amount above zero between two accounts of these books. */
    public void transfer(
            UUID id, AccountId debit, AccountId credit, Credits amount, TransferType type, @Nullable UUID reference) {
        if (type.spends()) {
            refuseWhenDue(indexOf(debit));
        }
        book(id, debit, credit, amount, Credits.ZERO, Credits.ZERO, type, reference);
    }

    /** A transfer out of what is held on the debit account: held falls with the balance. */
    public void settle(UUID id, AccountId debit, AccountId credit, Credits amount, TransferType type) {
        settle(id, debit, credit, amount, Credits.ZERO, type, null);
    }

    /** @param backed how much of it is of grants that have expired since it was held */
    public void settle(
            UUID id,
            AccountId debit,
            AccountId credit,
            Credits amount,
            Credits backed,
            TransferType type,
            @Nullable UUID reference) {
        book(id, debit, credit, amount, amount, backed, type, reference);
    }

    private void book(
            UUID id,
            AccountId debit,
            AccountId credit,
            Credits amount,
            Credits fromHeld,
            Credits backed,
            TransferType type,
            @Nullable UUID reference) {
        if (amount.isZero() || debit.equals(credit)) {
            throw new BrokenRuleException("a transfer moves something between two accounts");
        }
        int from = indexOf(debit);
        int to = indexOf(credit);
        long micro = amount.micro();
        long fromAfter = Math.addExact(posted[from], creditNormal[from] ? -micro : micro);
        long toAfter = Math.addExact(posted[to], creditNormal[to] ? micro : -micro);
        check(from, fromAfter, held[from] - fromHeld.micro());
        lots.debit(from, micro, backed.micro(), type.spends(), posted[from], debited[from]);
        debited[from] = Math.addExact(debited[from], micro);
        set(from, fromAfter, held[from] - fromHeld.micro());
        set(to, toAfter, held[to]);
        rows.add(new Row(id, debit, credit, micro, fromAfter, toAfter, ++seq[from], ++seq[to], type, reference));
    }

    private void set(int at, long postedAfter, long heldAfter) {
        check(at, postedAfter, heldAfter);
        if (!lots.fit(at, postedAfter, heldAfter, debited[at])) {
            throw new BrokenRuleException("account " + ids[at] + " would have more of grants than it has");
        }
        posted[at] = postedAfter;
        held[at] = heldAfter;
        pledges.within(at, heldAfter);
        changed[at] = true;
    }

    private void check(int at, long postedAfter, long heldAfter) {
        if (postedAfter < 0 || heldAfter < 0 || heldAfter > postedAfter) {
            throw new BrokenRuleException(
                    "account " + ids[at] + " would have " + postedAfter + " with " + heldAfter + " held");
        }
    }

    private void refuseWhenDue(int at) {
        if (lots.due(at)) {
            throw new DueException(new AccountId(ids[at]));
        }
    }

    private int indexOf(AccountId account) {
        int at = at(account.value());
        if (at < 0 || tiers[at] == null) {
            throw new BrokenRuleException("account " + account.value() + " is not locked");
        }
        return at;
    }

    List<Row> rows() {
        return rows;
    }

    /** Positions of the accounts that changed. */
    int[] changes() {
        return IntStream.range(0, ids.length).filter(i -> changed[i]).toArray();
    }

    /** Of these: ids, posted, held, debited, and their entries' numbers now and before. */
    List<long[]> columns(int[] at) {
        return Stream.of(ids, posted, held, debited, seq, seqBefore)
                .map(column -> pick(column, at))
                .toList();
    }

    /** What was done is in the database now: a further posting in the same transaction goes on from here. */
    void written() {
        rows.clear();
        Arrays.fill(changed, false);
        lots.written();
        pledges.written();
        System.arraycopy(seq, 0, seqBefore, 0, seq.length);
    }

    static long[] pick(long[] from, int[] at) {
        return Arrays.stream(at).mapToLong(i -> from[i]).toArray();
    }
}
