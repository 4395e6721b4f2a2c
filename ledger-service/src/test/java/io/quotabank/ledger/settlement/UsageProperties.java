package io.quotabank.ledger.settlement;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.TestUsage;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class UsageProperties {

    private static final UUID USER = UUID.fromString("5b3e55a2-64a9-4a6c-a3c5-3f0e8c7d0001");
    private static final UUID OWNER = UUID.fromString("5b3e55a2-64a9-4a6c-a3c5-3f0e8c7d0002");

    record Part(int hold, long atMost) {}

    @Provide
    Arbitrary<List<Part>> parts() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.longs().between(0, 100))
                .as(Part::new)
                .list()
                .ofMaxSize(5);
    }

    @Property
    void whatIsPaidIsWhatIsGivenToTheMicroCredit(
            @ForAll @LongRange(min = 0, max = 1_000_000_000_000L) long delivered,
            @ForAll @LongRange(min = 0, max = 1_000_000_000_000L) long failed,
            @ForAll @LongRange(min = 0, max = 10_000) long basisPoints) {
        var usage = Usage.of(
                TestUsage.of(USER)
                        .cost(delivered)
                        .attempt(OWNER, (int) basisPoints, failed)
                        .attempt(OWNER, 9_500, delivered)
                        .closed(),
                3,
                7);
        assertThat(usage.owners().plus(usage.platformPart())).isEqualTo(usage.served());
        assertThat(usage.ownerParts().get(0).micro())
                .isEqualTo(BigInteger.valueOf(failed)
                        .multiply(BigInteger.valueOf(basisPoints))
                        .divide(BigInteger.valueOf(10_000))
                        .longValueExact());
    }

    @Property
    void holdsGiveInOrderNeverMoreThanTheyHave(
            @ForAll @LongRange(min = 0, max = 300) long cost,
            @ForAll("parts") List<Part> parts,
            @ForAll @Size(4) List<@LongRange(min = 0, max = 100) Long> left) {
        var builder = TestUsage.of(USER).cost(cost).served(OWNER, cost);
        parts.forEach(part -> builder.from(hold(part.hold()), part.atMost()));

        var charges = Usage.of(builder.closed(), 0, 0).charges(id -> new Credits(left.get(index(id))));

        // The model: pour the cost into the holds one after the other.
        var has = new HashMap<Integer, Long>();
        long rest = cost;
        assertThat(charges).hasSameSizeAs(parts);
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            long mine = has.getOrDefault(part.hold(), left.get(part.hold()));
            long most = i == parts.size() - 1 ? mine : Math.min(mine, part.atMost());
            long poured = Math.min(rest, most);
            assertThat(charges.get(i).micro()).isEqualTo(poured);
            has.put(part.hold(), mine - poured);
            rest -= poured;
        }
    }

    private static UUID hold(int index) {
        return new UUID(0x7000, index);
    }

    private static int index(UUID hold) {
        return (int) hold.getLeastSignificantBits();
    }
}
