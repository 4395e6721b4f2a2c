package io.quotabank.risk.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.risk.failure.Failures.Call;
import io.quotabank.risk.failure.Failures.History;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

class FailuresProperties {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final FailureProperties properties = TestFailures.properties(5, 10);
    private final Failures failures = new Failures(properties);

    record Step(int pauseMs, Result result) {}

    @Property
    void comesToTheSameHoweverCallsAreSpreadOverPolls(
            @ForAll("steps") List<Step> steps, @ForAll @IntRange(min = 0, max = 80) int cut) {
        var calls = calls(steps);
        int at = Math.min(cut, calls.size());

        var first = failures.judge(History.NONE, calls.subList(0, at), false);
        var second = failures.judge(first.history(), calls.subList(at, calls.size()), false);

        assertThat(second.history())
                .isEqualTo(failures.judge(History.NONE, calls, false).history());
    }

    @Property
    void flagsOnlyForTenFailuresSinceTheLastSuccess(@ForAll("steps") List<Step> steps) {
        var history = History.NONE;
        int failedInARow = 0;
        for (var call : calls(steps)) {
            failedInARow = call.attempt().result() == Result.SERVED ? 0 : failedInARow;
            failedInARow += Failures.isFailure(call.attempt()) ? 1 : 0;
            var judgement = failures.judge(history, List.of(call), false);
            history = judgement.history();
            for (var draft : judgement.found()) {
                int needed = draft.kind() == Kind.FLAGGED ? properties.toFlag() : properties.toCool();
                assertThat(failedInARow).isGreaterThanOrEqualTo(needed);
                failedInARow = draft.kind() == Kind.FLAGGED ? 0 : failedInARow;
            }
        }
        assertThat(history.failedAt()).isSorted().hasSizeLessThan(properties.toFlag());
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var pauses = Arbitraries.integers().between(0, 700_000);
        var results = Arbitraries.frequency(
                Tuple.of(12, Result.PROVIDER_ERROR),
                Tuple.of(4, Result.CUT),
                Tuple.of(4, Result.UNREACHABLE),
                Tuple.of(1, Result.SERVED),
                Tuple.of(1, Result.RATE_LIMITED));
        return Combinators.combine(pauses, results).as(Step::new).list().ofMaxSize(80);
    }

    private static List<Call> calls(List<Step> steps) {
        var calls = new ArrayList<Call>();
        var at = START;
        for (var step : steps) {
            at = at.plusMillis(step.pauseMs());
            calls.add(TestFailures.call(at, step.result(), 500));
        }
        return calls;
    }
}
