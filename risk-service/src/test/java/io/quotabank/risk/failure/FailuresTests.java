package io.quotabank.risk.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.risk.failure.Failures.History;
import io.quotabank.risk.failure.Failures.Judgement;
import io.quotabank.risk.finding.Findings.Draft;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailuresTests {

    private final Failures failures = new Failures(TestFailures.properties(5, 10));
    private final List<Draft> found = new ArrayList<>();
    private History history = History.NONE;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void coolsAKeyDownAtTheFifthFailureAndNotAtTheFourth() {
        fail(4);
        assertThat(found).isEmpty();

        fail(1);

        assertThat(found).singleElement().satisfies(draft -> {
            assertThat(draft.kind()).isEqualTo(Kind.FAILING);
            assertThat(draft.action()).isEqualTo(Action.COOL_DOWN);
            assertThat(draft.detectedAt()).isEqualTo(now);
            assertThat(draft.evidence()).containsEntry("failures", new BigDecimal("5"));
            assertThat(draft.sentence()).startsWith("5 calls").contains("80 s").contains("left alone for 10 s");
        });
    }

    @Test
    void flagsAKeyAtTheTenthFailureAndNotAtTheNinthAndThenBeginsAnew() {
        fail(9);
        assertThat(found).extracting(Draft::kind).containsOnly(Kind.FAILING).hasSize(5);

        fail(1);

        assertThat(found.getLast().kind()).isEqualTo(Kind.FLAGGED);
        assertThat(found.getLast().action()).isEqualTo(Action.FLAG);
        assertThat(found.getLast().evidence()).containsEntry("failures", BigDecimal.TEN);
        assertThat(history.failedAt()).isEmpty();
        fail(4);
        assertThat(found.getLast().kind()).isEqualTo(Kind.FLAGGED);
    }

    @Test
    void doublesTheCoolDownByEachFurtherFailure() {
        fail(9);

        assertThat(found)
                .extracting(draft -> draft.evidence()
                        .getOrDefault(FindingRecord.COOL_DOWN_SECONDS, BigDecimal.ZERO)
                        .intValue())
                .containsExactly(10, 20, 40, 80, 160);
    }

    @ParameterizedTest
    @EnumSource(
            value = Result.class,
            names = {"PROVIDER_ERROR", "CUT", "UNREACHABLE"})
    void countsEveryWayToFail(Result result) {
        for (int i = 0; i < 5; i++) {
            call(result, null);
        }
        assertThat(found).extracting(Draft::kind).containsExactly(Kind.FAILING);
    }

    @ParameterizedTest
    @EnumSource(
            value = Result.class,
            names = {"RATE_LIMITED", "REQUEST_REFUSED", "CANCELLED"})
    void passesOverWhatSaysNothingOfTheKey(Result result) {
        fail(4);
        var before = history;
        for (int i = 0; i < 20; i++) {
            call(result, 429);
        }
        assertThat(found).isEmpty();
        assertThat(history).isEqualTo(before);
    }

    @Test
    void isHealedByASuccess() {
        fail(4);
        call(Result.SERVED, 200);
        fail(4);

        assertThat(found).isEmpty();
        assertThat(history.served()).isEqualTo(1);
    }

    @Test
    void saysNothingOfFailuresThatASuccessOfTheSamePollHasHealed() {
        var calls = new ArrayList<Failures.Call>();
        for (int i = 0; i < 6; i++) {
            calls.add(TestFailures.call(now.plusSeconds(20L * i), Result.PROVIDER_ERROR, 500));
        }
        calls.add(TestFailures.call(now.plusSeconds(200), Result.SERVED, 200));

        assertThat(failures.judge(History.NONE, calls, false).found()).isEmpty();
    }

    @Test
    void passesOverAFailureThatIsHeardOfAfterALaterSuccess() {
        call(Result.SERVED, 200);
        var late = List.of(TestFailures.call(now.minusMillis(1), Result.PROVIDER_ERROR, 500));

        assertThat(failures.judge(history, late, false).history()).isEqualTo(history);
    }

    @Test
    void flagsNoKeyForAHostThatIsAwayOrFailsForAll() {
        for (int i = 0; i < 30; i++) {
            call(Result.UNREACHABLE, null);
        }
        for (int i = 0; i < 30; i++) {
            now = now.plusSeconds(20);
            took(failures.judge(history, List.of(TestFailures.call(now, Result.PROVIDER_ERROR, 500)), true));
        }
        assertThat(found).extracting(Draft::kind).containsOnly(Kind.FAILING).hasSizeLessThan(3);
    }

    @ParameterizedTest
    @CsvSource({
        "402, EXHAUSTED, DEPLETE",
        "429, EXHAUSTED, DEPLETE",
        "401, INVALID, VERIFY",
        "403, INVALID, VERIFY",
        "404, REFUSED, VERIFY",
        "200, REFUSED, VERIFY",
        ", REFUSED, VERIFY"
    })
    void tellsRefusalsApartAtTheFirst(@Nullable Integer status, Kind kind, Action action) {
        call(Result.SERVED, 200);
        call(Result.SERVED, 200);

        call(Result.KEY_REFUSED, status);

        assertThat(found).singleElement().satisfies(draft -> {
            assertThat(draft.kind()).isEqualTo(kind);
            assertThat(draft.action()).isEqualTo(action);
            assertThat(draft.evidence()).containsEntry("served", new BigDecimal("2"));
            assertThat(draft.sentence()).contains("had served 2 calls, the last at 2026-01-01T00:00:40Z");
        });
    }

    /** It refuses a request that could cost more than is left, and serves smaller ones. */
    @Test
    void hasAKeyVerifiedThatOpenRouterAsksMoreCreditsOf() {
        var call = TestFailures.call(now, Result.KEY_REFUSED, 402, "openrouter");

        took(failures.judge(history, List.of(call), false));

        assertThat(found).singleElement().satisfies(draft -> {
            assertThat(draft.kind()).isEqualTo(Kind.REFUSED);
            assertThat(draft.action()).isEqualTo(Action.VERIFY);
        });
    }

    @Test
    void tellsOfARefusalOnceInAWhileUnlessTheKeyServedMeanwhile() {
        call(Result.KEY_REFUSED, 401);
        call(Result.KEY_REFUSED, 401);
        assertThat(found).hasSize(1);

        now = found.getFirst().detectedAt().plusSeconds(299).minusSeconds(20);
        call(Result.KEY_REFUSED, 401);
        assertThat(found).hasSize(1);
        now = found.getFirst().detectedAt().plusSeconds(280);
        call(Result.KEY_REFUSED, 401);
        assertThat(found).hasSize(2);

        call(Result.SERVED, 200);
        call(Result.KEY_REFUSED, 402);
        assertThat(found).hasSize(3);
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            call(Result.PROVIDER_ERROR, 500);
        }
    }

    /** One call, some time after the one before. */
    private void call(Result result, @Nullable Integer status) {
        now = now.plusSeconds(20);
        took(failures.judge(history, List.of(TestFailures.call(now, result, status)), false));
    }

    private void took(Judgement judgement) {
        history = judgement.history();
        found.addAll(judgement.found());
    }
}
