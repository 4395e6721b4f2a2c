package io.quotabank.ledger.reward;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.transfer.Books;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.stereotype.Service;

/**
 * Gives what a recharge brings beside its own credits, in the transaction that books it, whoever does: what the person's
 * tier adds, and with their first recharge what an invitation promised to both sides. Each once, by its key.
 */
@Service
public class Rewards {

    /**
     * Who gets something when a person recharges.
     *
     * @param inviter null where nobody invited them
     */
    public record Sides(
            UUID person,
            AccountId account,
            @Nullable UUID inviter,
            @Nullable AccountId inviting,
            AccountId issued) {

        /** All accounts to lock, with those that the recharge itself moves credits between. */
        public Collection<AccountId> with(Collection<AccountId> others) {
            var all = new ArrayList<>(others);
            all.add(account);
            all.add(issued);
            if (inviting != null) {
                all.add(inviting);
            }
            return all;
        }
    }

    private final Accounts accounts;
    private final Grants grants;
    private final Tiers tiers;
    private final Invitations invitations;
    private final Reversals reversals;
    private final Clock clock;
    private final RewardProperties properties;

    Rewards(
            Accounts accounts,
            Grants grants,
            Tiers tiers,
            Invitations invitations,
            Reversals reversals,
            Clock clock,
            RewardProperties properties) {
        this.accounts = accounts;
        this.grants = grants;
        this.tiers = tiers;
        this.invitations = invitations;
        this.reversals = reversals;
        this.clock = clock;
        this.properties = properties;
    }

    /** Ask in the transaction, before the accounts are locked. */
    public Sides sides(UUID person, AccountId account) {
        var inviter = invitations.inviter(person);
        var inviting = inviter == null
                ? null
                : accounts.find(AccountCode.user(inviter)).orElseThrow();
        return new Sides(person, account, inviter, inviting, grants.issued());
    }

    /** What a person's tier adds to a recharge of so much, a package's bonus included; rounded down. */
    public Credits tierBonus(AccountId account, Credits recharged) {
        return recharged.share(tiers.of(account).rechargeBonusBp());
    }

    /**
     * Gives both, in the caller's transaction, which posts the books.
     *
     * @param books with all accounts of the sides locked
     * @param recharge the id of its transfer
     */
    public void recharged(Books books, Sides sides, UUID recharge, Credits credits) {
        var added = tiers.added(books.tier(sides.account()), credits);
        if (!added.isZero()) {
            grants.give(books, sides.account(), Gift.of("tier:" + recharge, Origin.TIER_BONUS, added, null));
        }
        paid(books, sides, recharge);
    }

    /** The same for credits that were bought, whose order has what the tier added already. */
    public void paid(Books books, Sides sides, UUID recharge) {
        if (invitations.firstRecharge(sides.account(), recharge)) {
            invited(books, sides);
        }
    }

    /**
     * Whom it concerns when a payment goes back: both sides of an invitation that it rewarded. Ask in the transaction, before
     * the accounts are locked.
     *
     * @return empty where it rewarded none
     */
    public Optional<Sides> rewarded(UUID person, AccountId account, UUID recharge) {
        return invitations.wasFirstRecharge(account, recharge)
                ? Optional.of(sides(person, account)).filter(sides -> sides.inviting() != null)
                : Optional.empty();
    }

    /**
     * An invitation's gifts stand with the payment that brought them: as long as none of its money went back, or what
     * stayed is as much as an invitation asks for. They go and come with it, in the caller's transaction.
     *
     * @param books with all accounts of the sides and the debt locked
     * @param paidFen the payment
     * @param backFen how much of it went back
     */
    public void follow(Books books, Sides sides, AccountId debt, UUID payment, long paidFen, long backFen) {
        var inviting = Objects.requireNonNull(sides.inviting());
        if (backFen == 0 || paidFen - backFen >= properties.invitationLeastFen()) {
            reversals.restore(books, sides, inviting, debt, payment);
        } else {
            reversals.revoke(books, sides, inviting, debt, payment);
        }
    }

    /** The key of the gift to whom somebody invited. */
    static String toInvited(UUID invited) {
        return "invited:" + invited;
    }

    /** The key of the gift to who invited them. */
    static String toInviter(UUID invited) {
        return "inviter:" + invited;
    }

    private void invited(Books books, Sides sides) {
        // Under the lock of the person's account nobody invites them any more.
        if (!Objects.equals(invitations.inviter(sides.person()), sides.inviter())) {
            throw new CannotAcquireLockException(
                    "they were invited meanwhile: again, with the inviter's account locked");
        }
        if (sides.inviting() != null) {
            var until = clock.instant().plus(properties.invitationLives());
            grants.give(books, sides.account(), invitation(toInvited(sides.person()), until));
            grants.give(books, sides.inviting(), invitation(toInviter(sides.person()), until));
        }
    }

    private Gift invitation(String key, Instant until) {
        return Gift.of(key, Origin.INVITATION, properties.invitation(), until);
    }
}
