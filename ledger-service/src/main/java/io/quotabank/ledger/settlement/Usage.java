package io.quotabank.ledger.settlement;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.account.BrokenRuleException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A closing record that keeps every rule that can be checked without the books, where it came from, and who is to get
 * what. One that breaks a rule is refused with {@link BrokenRuleException}.
 *
 * @param served what the keys served, at the buyer's price
 * @param ownerParts of each attempt in order, rounded down; zero for a platform key
 * @param owners all owners' parts
 * @param digest of all that decides who pays and who gets: equal for a record sent again
 */
record Usage(
        Closed event,
        int partition,
        long offset,
        Credits served,
        List<Credits> ownerParts,
        Credits owners,
        UUID digest) {

    private static final int UUID_V7 = 7;
    private static final int FULL_BASIS_POINTS = 10_000;
    private static final int MOST_PARTIES = 100;
    private static final int LONGEST_MODEL = 500;
    private static final int OTHER_LONGS = 5;
    private static final int ATTEMPT_LONGS = 6;
    private static final int FUNDING_LONGS = 3;

    Usage {
        ownerParts = List.copyOf(ownerParts);
    }

    static Usage of(Closed event, int partition, long offset) {
        check(event);
        try {
            var served = event.served();
            rule(served.compareTo(event.cost()) >= 0, "what was served is below its cost");
            var parts = event.attempts().stream()
                    .map(attempt -> attempt.served().share(attempt.ownerBasisPoints()))
                    .toList();
            var owners = parts.stream().reduce(Credits.ZERO, Credits::plus);
            return new Usage(event, partition, offset, served, parts, owners, digest(event));
        } catch (ArithmeticException overflow) {
            throw new BrokenRuleException("its amounts can't be added");
        }
    }

    private static void check(Closed event) {
        rule(event.requestId() != null && event.requestId().version() == UUID_V7, "its request id isn't a UUIDv7");
        rule(event.userId() != null, "it names no user");
        rule(event.cost() != null && event.tokens() != null && event.outcome() != null, "its cost is missing");
        rule(
                event.requestModel() != null && event.requestModel().length() <= LONGEST_MODEL,
                "its model's name is missing or too long");
        rule(
                event.attempts().size() <= MOST_PARTIES && event.funding().size() <= MOST_PARTIES,
                "it has too many attempts or holds");
        for (var attempt : event.attempts()) {
            check(attempt);
        }
        for (var funding : event.funding()) {
            rule(funding.hold() != null && funding.atMost() != null, "a hold is incomplete");
        }
    }

    private static void check(Attempt attempt) {
        rule(attempt.keyId() != null && attempt.served() != null, "an attempt is incomplete");
        int basisPoints = attempt.ownerBasisPoints();
        rule(basisPoints >= 0 && basisPoints <= FULL_BASIS_POINTS, "an owner's share is out of 0 to 10,000");
        rule(attempt.ownerId() != null || basisPoints == 0, "a share has no owner");
    }

    Credits platformPart() {
        return served.minus(owners);
    }

    UUID request() {
        return event.requestId();
    }

    /**
     * What each hold gives, in order: all but the last at most what was reserved in them, none more than it has left.
     *
     * @param left what a hold has left before this request
     */
    List<Credits> charges(Function<UUID, Credits> left) {
        var taken = new HashMap<UUID, Credits>();
        var charges = new ArrayList<Credits>(event.funding().size());
        var rest = event.cost();
        for (int i = 0; i < event.funding().size(); i++) {
            var funding = event.funding().get(i);
            boolean isLast = i == event.funding().size() - 1;
            // A hold may be named twice.
            var most = left.apply(funding.hold()).minus(taken.getOrDefault(funding.hold(), Credits.ZERO));
            var charge = rest.min(isLast ? most : most.min(funding.atMost()));
            taken.merge(funding.hold(), charge, Credits::plus);
            charges.add(charge);
            rest = rest.minus(charge);
        }
        return charges;
    }

    // The number of attempts comes before them, and what has no fixed length is the last: different records never give
    // the same bytes.
    private static UUID digest(Closed event) {
        var outcome = event.outcome().wire().getBytes(StandardCharsets.US_ASCII);
        int longs = OTHER_LONGS
                + ATTEMPT_LONGS * event.attempts().size()
                + FUNDING_LONGS * event.funding().size();
        var bytes = ByteBuffer.allocate(longs * Long.BYTES + outcome.length);
        put(bytes, event.userId());
        bytes.putLong(event.cost().micro())
                .putLong(event.priceVersion())
                .putLong(event.attempts().size());
        for (var attempt : event.attempts()) {
            put(bytes, attempt.keyId());
            put(bytes, attempt.ownerId());
            bytes.putLong(attempt.ownerBasisPoints()).putLong(attempt.served().micro());
        }
        for (var funding : event.funding()) {
            put(bytes, funding.hold());
            bytes.putLong(funding.atMost().micro());
        }
        bytes.put(outcome);
        try {
            var hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    private static void put(ByteBuffer bytes, @Nullable UUID id) {
        bytes.putLong(id == null ? 0 : id.getMostSignificantBits())
                .putLong(id == null ? 0 : id.getLeastSignificantBits());
    }

    private static void rule(boolean kept, String otherwise) {
        if (!kept) {
            throw new BrokenRuleException(otherwise);
        }
    }
}
