package io.quotabank.proxy.routing;

import static io.quotabank.proxy.routing.RoutingStage.PRICE;
import static io.quotabank.proxy.routing.RoutingStage.changed;
import static io.quotabank.proxy.routing.RoutingStage.end;
import static io.quotabank.proxy.routing.RoutingStage.key;
import static io.quotabank.proxy.routing.RoutingStage.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.catalog.TestCatalog;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Keys and hosts that fail, for how long they are left alone, and what brings them back. */
class OutageTests {

    private final RoutingStage stage = new RoutingStage();

    @Test
    void asksToComeBackWhenTheEarliestKeyMay() {
        stage.put(key(), key());
        limit(Duration.ofSeconds(40));
        limit(Duration.ofSeconds(20));

        var nothing = (Choice.Nothing) stage.routing.choose(wanted());
        assertThat(nothing.retryAfter()).isEqualTo(Duration.ofSeconds(20));
        assertThat(nothing.rateLimited()).isTrue();
    }

    @Test
    void bringsAKeyBackByOneProbe() {
        stage.put(key());
        limit(Duration.ofSeconds(20));
        stage.nowMs.addAndGet(20_000);
        stage.routing.rank();

        var probe = stage.pick();
        assertThat(stage.chosen()).isNull();
        end(probe, Result.SERVED, Credits.ZERO);
        assertThat(stage.chosen()).isNotNull();
        assertThat(stage.chosen()).isNotNull();
    }

    @Test
    void blamesAHostNotItsKeysForWhatCantBeReached() {
        var there = key("https://there.example/v1");
        var elsewhere = key("https://elsewhere.example/v1");
        stage.put(there);
        for (int i = 0; i < 5; i++) {
            stage.pick().ended(Ending.without(Result.UNREACHABLE, null, 5));
        }
        assertThat(stage.chosen()).isNull();

        stage.put(elsewhere);
        assertThat(stage.chosen()).isEqualTo(elsewhere.keyId());
        stage.nowMs.addAndGet(TestRouting.SETTINGS.hostCoolDown().toMillis());
        var moved = new PoolKeyRecord(
                there.keyId(),
                9,
                there.ownerId(),
                9_500,
                Kind.CONSIGNMENT,
                0,
                "openai",
                "https://moved.example/v1",
                there.models(),
                State.ACTIVE,
                there.sealedSecret(),
                null,
                null,
                Limits.NONE,
                true,
                null);
        stage.put(moved, changed(elsewhere, Credits.ZERO));
        assertThat(stage.chosen()).isEqualTo(there.keyId());
    }

    @Test
    void triesOtherHostsFirstAndTheFailedOneLast() {
        var here = key("https://here.example/v1");
        var there = key("https://there.example/v1");
        stage.put(here, there);
        var wanted = wanted();
        var first = stage.pick(wanted);
        wanted.hostFailed(first);
        var second = stage.pick(wanted);
        wanted.hostFailed(second);

        assertThat(first.host()).isNotEqualTo(second.host());
        assertThat(stage.pick(wanted)).isNotNull();
    }

    @Test
    void leavesNoKeyToAPersonForAnOutageOfItsHost() {
        stage.put(key(), key(), key());
        for (int i = 0; i < 600; i++) {
            if (stage.routing.choose(wanted()) instanceof Choice.Chosen(var pick)) {
                pick.ended(Ending.without(Result.PROVIDER_ERROR, null, 5));
            }
            stage.nowMs.addAndGet(10_000);
            stage.routing.rank();
        }
        assertThat(stage.routing.flagged()).isZero();

        stage.nowMs.addAndGet(TestRouting.SETTINGS.longestCoolDown().toMillis());
        stage.routing.rank();
        assertThat(stage.chosen()).isNotNull();
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void tellsWhichKeysAreLeftToAPerson(CapturedOutput output) {
        var key = key();
        stage.put(key);
        var meters = new SimpleMeterRegistry();
        new RoutingConfiguration().flaggedKeys(stage.routing).bindTo(meters);
        var flagged = meters.get("quotabank.keys.flagged").gauge();

        for (int i = 0; i < TestRouting.SETTINGS.failuresToFlag(); i++) {
            assertThat(flagged.value()).isZero();
            stage.pick().ended(Ending.without(Result.KEY_REFUSED, null, 5));
            stage.nowMs.addAndGet(TestRouting.SETTINGS.refusedCoolDown().toMillis());
            stage.routing.rank();
        }

        assertThat(flagged.value()).isEqualTo(1);
        assertThat(output).containsOnlyOnce("key " + key.keyId() + " is flagged");
        var byThePool = key();
        stage.put(TestRouting.changed(byThePool, Kind.CONSIGNMENT, State.FLAGGED, null, Limits.NONE));
        assertThat(flagged.value()).isEqualTo(2);
        stage.put(TestRouting.changed(key, Kind.CONSIGNMENT, State.WITHDRAWN, null, Limits.NONE));
        assertThat(flagged.value()).isEqualTo(1);
    }

    @Test
    void leavesAKeyAloneAsLongAsThePoolSaysAlsoWhereNoneOfItsCallsWasSeen() {
        var key = key();
        stage.put(key);
        assertThat(stage.chosen()).isEqualTo(key.keyId());

        stage.put(TestRouting.cooling(key, stage.nowMs.get() + 1_000));
        assertThat(stage.chosen()).isNull();
        var restarted = stage.another();
        TestRouting.put(restarted, TestRouting.cooling(key, stage.nowMs.get() + 1_000));
        assertThat(restarted.choose(new Wanted(PRICE, 1, 1))).isInstanceOf(Choice.Nothing.class);
        assertThat(restarted.serves("m")).isTrue();

        stage.nowMs.addAndGet(999);
        assertThat(stage.chosen()).isNull();
        stage.nowMs.addAndGet(1);
        assertThat(stage.chosen()).isEqualTo(key.keyId());
        assertThat(stage.chosen()).as("one probe at a time").isNull();
    }

    @Test
    void passesOverACoolDownThatIsLongOver() {
        var key = key();
        stage.put(TestRouting.cooling(key, stage.nowMs.get()));

        assertThat(stage.chosen()).isEqualTo(key.keyId());
        assertThat(stage.chosen()).isEqualTo(key.keyId());
    }

    @Test
    void aKeyThatMayNotCallOneModelStillServesOthers() {
        var key = TestRouting.key(
                UUID.randomUUID(), UUID.randomUUID(), "openai", "https://provider.example/v1", "sealed", "m", "other");
        stage.put(key);
        for (int i = 0; i < 5; i++) {
            assertThat(stage.chosen()).isNotNull();
            refuseModel();
        }

        assertThat(stage.chosen()).isNull();
        assertThat(waits()).isEqualTo(Duration.ofSeconds(10));
        assertThat(stage.routing.choose(new Wanted(TestCatalog.priced("other"), 10, 20)))
                .isInstanceOf(Choice.Chosen.class);
    }

    @Test
    void oneCallAtATimeProbesAKeyForAModelAndASuccessBringsItBack() {
        stage.put(key());
        for (int i = 0; i < 5; i++) {
            refuseModel();
        }
        stage.nowMs.addAndGet(10_000);
        refuseModel();
        assertThat(waits()).isEqualTo(Duration.ofSeconds(20));

        stage.nowMs.addAndGet(20_000);
        var probe = stage.pick();
        assertThat(stage.chosen()).isNull();
        end(probe, Result.SERVED, Credits.ZERO);

        assertThat(stage.chosen()).isNotNull();
        assertThat(stage.chosen()).isNotNull();
    }

    private void refuseModel() {
        stage.pick().ended(new Ending(Result.KEY_REFUSED, true, null, null, 5, 0, 0, Credits.ZERO));
    }

    private Duration waits() {
        return ((Choice.Nothing) stage.routing.choose(wanted())).retryAfter();
    }

    private void limit(Duration retryAfter) {
        stage.pick().ended(Ending.without(Result.RATE_LIMITED, retryAfter, 5));
    }
}
