package io.quotabank.ledger.machine;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import org.jspecify.annotations.Nullable;

/** What a person's first recharge brings them and who invited them, and what becomes of it as that recharge goes back. */
final class Invitation {

    /** The gifts of both, and the recharge that brought them. */
    private record Rewarded(Object recharge, Lot toInvited, Lot toInviter) {}

    private static final long GIFT = 100_000_000;
    private static final long LEAST_FEN = 1_000;

    private final Person invited;
    private final Person inviter;

    private @Nullable Rewarded rewarded;

    private Invitation(Person invited, Person inviter) {
        this.invited = invited;
        this.inviter = inviter;
    }

    /** In the service and in the model. */
    static void accept(Ledger ledger, Person invited, Person inviter) {
        People.invite(ledger, inviter.id, invited.id);
        invited.invitation = new Invitation(invited, inviter);
    }

    /** @param recharge what it is known by later; the first one counts, for ever */
    void recharged(Object recharge, long now) {
        if (rewarded == null) {
            rewarded = new Rewarded(recharge, give(invited, now), give(inviter, now));
        }
    }

    // Like the sign-up it outlives each play, and is spent after that.
    private static Lot give(Person to, long now) {
        to.book(now);
        to.entries++;
        var lot = new Lot(10, Long.MAX_VALUE - 1, GIFT);
        to.lots.add(lot);
        return lot;
    }

    /** So much of a recharge has gone back, in all. */
    void follow(Object recharge, long paidFen, long backFen, long now) {
        var gifts = rewarded;
        if (gifts == null || !gifts.recharge().equals(recharge)) {
            return;
        }
        if (backFen == 0 || paidFen - backFen >= LEAST_FEN) {
            restore(inviter, gifts.toInviter(), now);
            invited.settleDebt(restore(invited, gifts.toInvited(), now));
        } else {
            revoke(inviter, gifts.toInviter(), now);
            ask(gifts.toInvited(), now);
        }
    }

    private void ask(Lot gift, long now) {
        if (revoke(invited, gift, now)) {
            gift.claimed = gift.spent();
            long fromBalance = Math.min(invited.available(), gift.claimed);
            if (fromBalance > 0) {
                invited.take(fromBalance);
            }
            invited.owe(gift.claimed - fromBalance);
        }
    }

    /** @return false where it was before */
    private static boolean revoke(Person person, Lot gift, long now) {
        if (gift.revoked) {
            return false;
        }
        gift.again = person.end(now, gift);
        gift.revoked = true;
        return true;
    }

    /** @return what had been asked back, and is given back as paid credits */
    private static long restore(Person person, Lot gift, long now) {
        if (!gift.revoked) {
            return 0;
        }
        person.book(now);
        long claimed = gift.claimed;
        person.entries += (gift.again > 0 ? 1 : 0) + (claimed > 0 ? 1 : 0);
        person.paid += claimed;
        gift.left += gift.again;
        gift.ended -= gift.again;
        gift.again = 0;
        gift.claimed = 0;
        gift.revoked = false;
        return claimed;
    }
}
