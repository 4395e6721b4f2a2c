package io.quotabank.pool.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import java.util.List;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever happens to a key, in whatever order. */
class KeyLifeProperties {

    private static final Credits LOW_BELOW = Credits.of(1_000);

    /** Something that happens, with a name for the reports. */
    record Happening(String name, UnaryOperator<KeyLife> change) {
        @Override
        public String toString() {
            return name;
        }
    }

    @Property(tries = 2_000)
    void staysWithinItsRules(@ForAll("claims") Credits claimed, @ForAll("lives") List<Happening> happenings) {
        var life = KeyLife.deposited(claimed);
        holds(life);
        for (var happening : happenings) {
            var next = happening.change().apply(life);
            holds(next);
            follows(life, happening, next);
            life = next;
        }
    }

    private static void holds(KeyLife life) {
        var left = life.remaining();
        switch (life.state()) {
            case ACTIVE ->
                assertThat(left == null || left.compareTo(LOW_BELOW) >= 0).isTrue();
            case LOW -> assertThat(left).isNotNull().isGreaterThan(Credits.ZERO).isLessThan(LOW_BELOW);
            case DEPLETED -> assertThat(left).isEqualTo(Credits.ZERO);
            case VERIFYING, PAUSED, FLAGGED, INVALID, WITHDRAWN -> {}
        }
        if (List.of(State.ACTIVE, State.LOW, State.PAUSED, State.DEPLETED, State.FLAGGED)
                .contains(life.state())) {
            assertThat(life.proven()).isTrue();
            assertThat(life.keepsSecret()).isTrue();
        }
        if (life.state() == State.WITHDRAWN) {
            assertThat(life.keepsSecret()).isFalse();
        }
    }

    private static void follows(KeyLife before, Happening happening, KeyLife after) {
        if (before.state() == State.WITHDRAWN) {
            assertThat(after.state()).isEqualTo(State.WITHDRAWN);
        }
        if (before.pausedByPlatform() && after.state() != State.PAUSED) {
            assertThat(happening.name()).doesNotContain("owner resumes");
        }
        if (before.state() == State.INVALID) {
            assertThat(after.state()).isIn(State.INVALID, State.VERIFYING, State.WITHDRAWN);
        }
        assertThat(after.used()).isGreaterThanOrEqualTo(before.used());
        // A secret that is gone does not come back.
        assertThat(after.keepsSecret() && !before.keepsSecret()).isFalse();
    }

    @Provide
    Arbitrary<Credits> claims() {
        return Arbitraries.longs().between(0, 3_000_000_000L).map(Credits::new).injectNull(0.2);
    }

    @Provide
    Arbitrary<List<Happening>> lives() {
        var amounts = Arbitraries.longs().between(0, 2_000_000_000L).map(Credits::new);
        return Arbitraries.<Happening>oneOf(
                        amounts.injectNull(0.3)
                                .map(told ->
                                        new Happening("proven, told " + told, life -> life.prove(told, LOW_BELOW))),
                        amounts.map(cost -> new Happening("used " + cost, life -> life.use(cost, LOW_BELOW))),
                        Arbitraries.of(
                                new Happening("disproven", KeyLife::disprove),
                                new Happening("exhausted", KeyLife::exhaust),
                                new Happening("flagged", KeyLife::flag),
                                new Happening("expired", KeyLife::expire),
                                new Happening("withdrawn", KeyLife::withdraw),
                                new Happening(
                                        "owner pauses",
                                        life -> life.pause(false).orElse(life)),
                                new Happening(
                                        "platform pauses",
                                        life -> life.pause(true).orElse(life)),
                                new Happening(
                                        "owner resumes",
                                        life -> life.resume(false, LOW_BELOW).orElse(life)),
                                new Happening(
                                        "platform resumes",
                                        life -> life.resume(true, LOW_BELOW).orElse(life))))
                .list()
                .ofMaxSize(30);
    }
}
