package io.quotabank.ledger.escrow;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.hold.Hold.Status;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Every way in which what an application asks of a hold can end. Nothing is booked where it is refused. */
sealed interface EscrowAnswer {

    /**
     * Done; the hold as it stands then.
     *
     * @param posted the person's balance
     * @param available what of it nobody holds
     */
    record Stands(Escrow hold, @Nullable Settlement settlement, Credits posted, Credits available)
            implements EscrowAnswer {}

    /** There is no such hold, or it is another application's. */
    record Unknown() implements EscrowAnswer {}

    record Ended(Status status) implements EscrowAnswer {}

    /** More than the person has available. */
    record TooLittle(Credits available, Credits needed) implements EscrowAnswer {}

    /** More than the hold has, or had when it expired. */
    record Exceeded(Credits left, Credits asked) implements EscrowAnswer {}

    /** @param until when it could have been settled late */
    record TooLate(Instant until) implements EscrowAnswer {}

    record NoSuchSplit() implements EscrowAnswer {}

    /** The settlement's id came with another body before. */
    record Reused() implements EscrowAnswer {}
}
