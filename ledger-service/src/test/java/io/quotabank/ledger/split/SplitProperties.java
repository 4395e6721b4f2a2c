package io.quotabank.ledger.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.split.Split.Payee;
import io.quotabank.ledger.split.Split.Share;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

class SplitProperties {

    private static final BigInteger ALL = BigInteger.valueOf(10_000);

    @Provide
    Arbitrary<Split> splits() {
        return Arbitraries.of(1, 2, 3)
                .flatMap(size -> Arbitraries.integers()
                        .between(1, 9_999)
                        .list()
                        .ofSize(size - 1)
                        .uniqueElements()
                        .flatMap(cuts -> Arbitraries.shuffle(Payee.values()).map(payees -> split(cuts, payees))));
    }

    private static Split split(List<Integer> cuts, List<Payee> payees) {
        var at = new ArrayList<>(cuts.stream().sorted().toList());
        at.add(10_000);
        var shares = new ArrayList<Share>();
        int before = 0;
        for (int i = 0; i < at.size(); i++) {
            shares.add(new Share(payees.get(i), at.get(i) - before));
            before = at.get(i);
        }
        return new Split("any", 1, shares);
    }

    @Property(tries = 5_000)
    void partsAddUpAndEachIsWithinAMicroCreditOfItsShare(
            @ForAll("splits") Split split, @ForAll @LongRange(min = 1) long amount) {
        var parts = split.of(new Credits(amount));
        var sum = BigInteger.ZERO;
        for (var share : split.shares()) {
            var part = BigInteger.valueOf(parts.get(share.payee()).micro());
            sum = sum.add(part);
            // In ten-thousandths of a micro-credit, where both are whole.
            var exact = BigInteger.valueOf(amount).multiply(BigInteger.valueOf(share.basisPoints()));
            assertThat(part.multiply(ALL).subtract(exact).abs()).isLessThan(ALL);
        }
        assertThat(sum).isEqualTo(BigInteger.valueOf(amount));
        assertThat(parts).hasSameSizeAs(split.shares());
    }

    /** Whoever got less than was cut off has a remainder that is not above that of anyone who got more. */
    @Property(tries = 2_000)
    void theLargestRemaindersAreRoundedUp(@ForAll("splits") Split split, @ForAll @LongRange(min = 1) long amount) {
        var parts = split.of(new Credits(amount));
        long leastUp = Long.MAX_VALUE;
        long mostDown = -1;
        for (var share : split.shares()) {
            long remainder = amount % 10_000 * share.basisPoints() % 10_000;
            boolean up = parts.get(share.payee()).micro()
                    > new Credits(amount).share(share.basisPoints()).micro();
            leastUp = up ? Math.min(leastUp, remainder) : leastUp;
            mostDown = up ? mostDown : Math.max(mostDown, remainder);
        }
        assertThat(mostDown).isLessThanOrEqualTo(leastUp);
    }

    @Example
    void ofEqualRemaindersTheFirstNamedIsRoundedUp() {
        var halves = List.of(new Share(Payee.RESERVE, 5_000), new Share(Payee.SELLER, 5_000));
        assertThat(new Split("halves", 1, halves).of(new Credits(7)))
                .containsEntry(Payee.RESERVE, new Credits(4))
                .containsEntry(Payee.SELLER, new Credits(3));
        assertThat(new Split("halves", 1, halves.reversed()).of(new Credits(7)))
                .containsEntry(Payee.RESERVE, new Credits(3))
                .containsEntry(Payee.SELLER, new Credits(4));
    }

    @Example
    void aMarketSaleGoes85To10To5() {
        var sale = sale(8_500, 1_000, 500);
        assertThat(sale.of(Credits.of(100)))
                .containsEntry(Payee.SELLER, Credits.of(85))
                .containsEntry(Payee.PLATFORM, Credits.of(10))
                .containsEntry(Payee.RESERVE, Credits.of(5));
        // 0.85, 0.1 and 0.05 of a micro-credit.
        assertThat(sale.of(new Credits(1)))
                .containsEntry(Payee.SELLER, new Credits(1))
                .containsEntry(Payee.PLATFORM, Credits.ZERO)
                .containsEntry(Payee.RESERVE, Credits.ZERO);
    }

    @Example
    void aTableThatDoesNotGiveAllIsNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> sale(8_500, 1_000, 501));
        assertThatIllegalArgumentException().isThrownBy(() -> sale(8_500, 1_000, 499));
        assertThatIllegalArgumentException().isThrownBy(() -> sale(9_000, 1_000, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new Split("twice", 1, List.of(new Share(Payee.SELLER, 5_000), new Share(Payee.SELLER, 5_000))));
        assertThatIllegalArgumentException().isThrownBy(() -> new Split("none", 1, List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Split("No", 1, List.of(new Share(Payee.SELLER, 10_000))));
    }

    @Example
    void theWholeMayGoToOneAndNameAndSharesKeepTheirBounds() {
        var all = List.of(new Share(Payee.SELLER, 10_000));
        assertThat(new Split("a", 1, all).of(new Credits(7))).containsExactly(Map.entry(Payee.SELLER, new Credits(7)));
        assertThat(new Split("a" + "0".repeat(39), 1, all).names(Payee.SELLER)).isTrue();
        assertThat(new Split("a", 1, all).names(Payee.RESERVE)).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> new Split("a" + "0".repeat(40), 1, all));
        assertThatIllegalArgumentException().isThrownBy(() -> new Split("a", 0, all));
        assertThatIllegalArgumentException().isThrownBy(() -> new Share(Payee.SELLER, 10_001));
        assertThat(new Share(Payee.SELLER, 1).basisPoints()).isEqualTo(1);
    }

    @Example
    void aPayeeIsWrittenAsCallersKnowIt() {
        for (var payee : Payee.values()) {
            assertThat(Payee.of(payee.wire())).isEqualTo(payee);
        }
        assertThat(Payee.RESERVE.wire()).isEqualTo("reserve");
        assertThatIllegalArgumentException().isThrownBy(() -> Payee.of("buyer"));
    }

    private static Split sale(int seller, int platform, int reserve) {
        return new Split(
                "sale",
                1,
                List.of(
                        new Share(Payee.SELLER, seller),
                        new Share(Payee.PLATFORM, platform),
                        new Share(Payee.RESERVE, reserve)));
    }
}
