package io.quotabank.ledger.split;

import io.quotabank.contracts.money.Credits;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How an amount is shared out: payees with their basis points, which are 10,000 in all. Parts are rounded by the largest
 * remainder, so that nothing is created or lost and each part is less than a micro-credit away from its share.
 *
 * @param name what settlements call it by
 * @param version counts from 1; a change is a further version
 * @param shares no payee twice; their order decides between equal remainders
 */
public record Split(String name, int version, List<Share> shares) {

    /** Who has a part in a sale. */
    public enum Payee {
        /** The person whom a settlement names. */
        SELLER,
        PLATFORM,
        /** Kept back for refunds of what turns out to be bad. */
        RESERVE;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Payee of(String wire) {
            for (var payee : values()) {
                if (payee.wire().equals(wire)) {
                    return payee;
                }
            }
            throw new IllegalArgumentException("a payee is seller, platform or reserve");
        }
    }

    /** @param basisPoints 1 to 10,000 */
    public record Share(Payee payee, int basisPoints) {
        public Share {
            if (basisPoints < 1 || basisPoints > ALL) {
                throw new IllegalArgumentException("basis points are 1 to 10000");
            }
        }
    }

    private static final int ALL = 10_000;

    public Split {
        shares = List.copyOf(shares);
        if (!name.matches("[a-z][a-z0-9_]{0,39}") || version < 1) {
            throw new IllegalArgumentException("a split's name is a small letter and up to 39 more, digits or _");
        }
        var payees = new HashSet<Payee>();
        if (!shares.stream().allMatch(share -> payees.add(share.payee()))) {
            throw new IllegalArgumentException("a split names no payee twice");
        }
        if (shares.stream().mapToInt(Share::basisPoints).sum() != ALL) {
            throw new IllegalArgumentException("the basis points of a split are 10000 in all");
        }
    }

    public boolean names(Payee payee) {
        return shares.stream().anyMatch(share -> share.payee() == payee);
    }

    /** What each payee gets; the parts add up to the amount. */
    public Map<Payee, Credits> of(Credits amount) {
        var parts =
                shares.stream().map(share -> amount.share(share.basisPoints())).toArray(Credits[]::new);
        long rest = amount.micro();
        for (var part : parts) {
            rest -= part.micro();
        }
        // A stable sort: of equal remainders the share that is named first comes first. The rest is less than their
        // number.
        IntStream.range(0, parts.length)
                .boxed()
                .sorted(Comparator.comparingInt((Integer at) -> -remainder(amount, at)))
                .limit(rest)
                .forEach(at -> parts[at] = parts[at].plus(new Credits(1)));
        var byPayee = new EnumMap<Payee, Credits>(Payee.class);
        for (int at = 0; at < parts.length; at++) {
            byPayee.put(shares.get(at).payee(), parts[at]);
        }
        return byPayee;
    }

    /** Ten-thousandths of a micro-credit that rounding down took. */
    private int remainder(Credits amount, int at) {
        return (int) (amount.micro() % ALL * shares.get(at).basisPoints() % ALL);
    }
}
