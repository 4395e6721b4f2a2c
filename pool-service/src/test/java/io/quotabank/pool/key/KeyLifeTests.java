package io.quotabank.pool.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import org.junit.jupiter.api.Test;

class KeyLifeTests {

    private static final Credits LOW_BELOW = Credits.of(1_000);

    private final KeyLife fresh = KeyLife.deposited(Credits.of(5_000));
    private final KeyLife active = fresh.prove(null, LOW_BELOW);

    @Test
    void isLowBelowTenDollarsAndNotAtThem() {
        assertThat(active.use(Credits.of(4_000), LOW_BELOW).state()).isEqualTo(State.ACTIVE);
        assertThat(active.use(new Credits(4_000_000_001L), LOW_BELOW).state()).isEqualTo(State.LOW);
    }

    @Test
    void isDepletedAtZeroAndNotBefore() {
        assertThat(active.use(new Credits(4_999_999_999L), LOW_BELOW).state()).isEqualTo(State.LOW);
        assertThat(active.use(Credits.of(5_000), LOW_BELOW).state()).isEqualTo(State.DEPLETED);
        assertThat(active.use(Credits.of(6_000), LOW_BELOW).remaining()).isEqualTo(Credits.ZERO);
    }

    @Test
    void believesAProviderThatTellsLessThanIsCounted() {
        var used = active.use(Credits.of(1_000), LOW_BELOW);
        assertThat(used.prove(Credits.of(2_500), LOW_BELOW).remaining()).isEqualTo(Credits.of(2_500));
    }

    @Test
    void countsOnNoMoreThanWasClaimed() {
        assertThat(active.prove(Credits.of(90_000), LOW_BELOW).remaining()).isEqualTo(Credits.of(5_000));
    }

    @Test
    void hasNoKnownQuotaWhereNothingIsClaimedAndNothingTold() {
        var unknown = KeyLife.deposited(null).prove(null, LOW_BELOW);
        assertThat(unknown.remaining()).isNull();
        assertThat(unknown.use(Credits.of(1_000_000), LOW_BELOW).state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void losesItsSecretWhenRefusedBeforeItEverPassedAndKeepsItAfterwards() {
        assertThat(fresh.disprove().keepsSecret()).isFalse();
        assertThat(active.disprove().keepsSecret()).isTrue();
        assertThat(active.withdraw().keepsSecret()).isFalse();
    }

    @Test
    void isVerifiedBeforeItComesBackFromInvalid() {
        var invalid = active.disprove();
        assertThat(invalid.resume(false, LOW_BELOW).orElseThrow().state()).isEqualTo(State.VERIFYING);
        assertThat(fresh.disprove().resume(false, LOW_BELOW)).isEmpty();
    }

    @Test
    void comesBackFromDepletedOnlyByWhatTheProviderTells() {
        var depleted = active.use(Credits.of(5_000), LOW_BELOW);
        var asked = depleted.resume(false, LOW_BELOW).orElseThrow();
        assertThat(asked.prove(null, LOW_BELOW).state()).isEqualTo(State.DEPLETED);
        assertThat(asked.prove(Credits.of(7_000), LOW_BELOW).remaining()).isEqualTo(Credits.of(7_000));
    }

    @Test
    void hasNothingLeftOnceItsProviderSaysSoAndGetsItsCountBackWhenItServesAgain() {
        var exhausted = active.use(Credits.of(1_000), LOW_BELOW).exhaust();
        assertThat(exhausted.state()).isEqualTo(State.DEPLETED);
        assertThat(exhausted.remaining()).isEqualTo(Credits.ZERO);
        assertThat(exhausted.pause(false)).isEmpty();
        var asked = exhausted.resume(false, LOW_BELOW).orElseThrow();
        assertThat(asked.state()).isEqualTo(State.VERIFYING);
        assertThat(asked.exhaust().state()).isEqualTo(State.DEPLETED);
        assertThat(asked.prove(null, LOW_BELOW).remaining()).isEqualTo(Credits.of(4_000));
        assertThat(asked.prove(Credits.of(9_000), LOW_BELOW).remaining()).isEqualTo(Credits.of(4_000));
    }

    @Test
    void staysFlaggedUntilSomebodyResumesItAndIsVerifiedThen() {
        var flagged = active.flag();
        assertThat(flagged.state()).isEqualTo(State.FLAGGED);
        assertThat(flagged.prove(null, LOW_BELOW).state()).isEqualTo(State.FLAGGED);
        assertThat(flagged.use(Credits.of(5_000), LOW_BELOW).state()).isEqualTo(State.FLAGGED);
        assertThat(flagged.pause(false)).isEmpty();
        assertThat(flagged.resume(false, LOW_BELOW).orElseThrow().state()).isEqualTo(State.VERIFYING);
        assertThat(fresh.flag().state()).isEqualTo(State.VERIFYING);
    }

    @Test
    void doesNotGoBackToItsOwnerWhenThePlatformPausedIt() {
        var paused = active.pause(true).orElseThrow();
        assertThat(paused.resume(false, LOW_BELOW)).isEmpty();
        assertThat(paused.pause(false).orElseThrow().pausedByPlatform()).isTrue();
        assertThat(paused.resume(true, LOW_BELOW).orElseThrow().state()).isEqualTo(State.ACTIVE);
    }

    @Test
    void staysPausedWhenItIsProvenAgain() {
        var paused = active.pause(false).orElseThrow();
        assertThat(paused.prove(Credits.of(100), LOW_BELOW).state()).isEqualTo(State.PAUSED);
    }

    @Test
    void endsWithItsQuotaAtTheProvider() {
        assertThat(active.expire().state()).isEqualTo(State.DEPLETED);
        assertThat(active.expire().remaining()).isEqualTo(Credits.ZERO);
    }
}
