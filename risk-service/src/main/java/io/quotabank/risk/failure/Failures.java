package io.quotabank.risk.failure;

import io.quotabank.contracts.finding.FindingRecord;
import io.quotabank.contracts.finding.FindingRecord.Action;
import io.quotabank.contracts.finding.FindingRecord.Kind;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.risk.finding.Findings.Draft;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Judges what the calls of one key tell of it. Pure: it remembers nothing, and gives what is to be remembered with what
 * it found.
 */
@Component
public class Failures {

    /**
     * What a key's calls so far have told.
     *
     * @param failedAt failures in a row that still count, oldest first
     * @param served how many calls it has ever served
     * @param servedAt when it last did
     * @param toldAt when a refusal was last told of that no success has followed
     */
    public record History(
            List<Instant> failedAt,
            long served,
            @Nullable Instant servedAt,
            @Nullable Instant toldAt) {
        public static final History NONE = new History(List.of(), 0, null, null);

        public History {
            failedAt = List.copyOf(failedAt);
        }
    }

    /** One call of the key, and when its request ended. */
    public record Call(Instant at, Attempt attempt) {}

    /** What is to be remembered, and what was found. */
    public record Judgement(History history, List<Draft> found) {
        public Judgement {
            found = List.copyOf(found);
        }
    }

    private final FailureProperties properties;

    Failures(FailureProperties properties) {
        this.properties = properties;
    }

    /** True where the provider or its host failed, whoever is to blame. */
    public static boolean isFailure(Attempt attempt) {
        return attempt.result() == Result.PROVIDER_ERROR
                || attempt.result() == Result.CUT
                || attempt.result() == Result.UNREACHABLE;
    }

    /**
     * @param calls in the order of their times
     * @param hostFails true where many keys of the host fail at once: this one is not to blame then
     */
    public Judgement judge(History before, List<Call> calls, boolean hostFails) {
        var hearing = new Hearing(before, hostFails);
        calls.forEach(hearing::hear);
        return new Judgement(hearing.history(), List.copyOf(hearing.found.values()));
    }

    /** The calls of one key as they are heard, one after the other. */
    private final class Hearing {

        private final Map<Kind, Draft> found = new EnumMap<>(Kind.class);
        private final boolean hostFails;
        private FailureRun run;
        private long served;
        private @Nullable Instant servedAt;
        private @Nullable Instant toldAt;

        Hearing(History before, boolean hostFails) {
            this.hostFails = hostFails;
            this.run = new FailureRun(before.failedAt());
            this.served = before.served();
            this.servedAt = before.servedAt();
            this.toldAt = before.toldAt();
        }

        void hear(Call call) {
            var sign = Sign.of(call.attempt());
            switch (sign) {
                case WELL -> well(call.at());
                case FAILED, UNREACHABLE -> failed(call.at(), sign == Sign.FAILED && !hostFails);
                case NOTHING_LEFT, NOT_ACCEPTED, REFUSED -> refused(call, sign);
                case NONE -> {}
            }
        }

        private void well(Instant at) {
            served++;
            servedAt = later(servedAt, at);
            run = run.served(at);
            toldAt = null;
            // What a success has followed says nothing of now; a refusal is looked into all the same.
            found.keySet().removeAll(List.of(Kind.FAILING, Kind.FLAGGED, Kind.EXHAUSTED));
        }

        private void failed(Instant at, boolean blamed) {
            if (servedAt != null && !at.isAfter(servedAt)) {
                return;
            }
            int before = run.count();
            run = run.failed(at, blamed, properties);
            int count = run.count();
            if (count >= properties.toFlag()) {
                run = FailureRun.NONE;
                found.remove(Kind.FAILING);
                found.put(Kind.FLAGGED, flagged(at, count));
            } else if (count >= properties.toCool() && count != before) {
                found.put(Kind.FAILING, failing(at, count));
            }
        }

        private void refused(Call call, Sign sign) {
            var told = toldAt;
            if (told != null && call.at().isBefore(told.plus(properties.repeatAfter()))) {
                return;
            }
            toldAt = call.at();
            var draft = refusal(call, sign);
            found.put(draft.kind(), draft);
        }

        private Draft refusal(Call call, Sign sign) {
            var evidence = new LinkedHashMap<String, BigDecimal>();
            evidence.put("served", BigDecimal.valueOf(served));
            var status = call.attempt().status();
            if (status != null) {
                evidence.put("httpStatus", BigDecimal.valueOf(status));
            }
            var answer = status == null ? "" : " (HTTP " + status + ")";
            var until = servedAt;
            var history =
                    until == null ? "" : " It had served %d calls, the last at %s.".formatted(served, seconds(until));
            return switch (sign) {
                case NOTHING_LEFT ->
                    new Draft(
                            Kind.EXHAUSTED,
                            Action.DEPLETE,
                            call.at(),
                            "The provider says that nothing is left on this key" + answer
                                    + ". It is taken as used up until it is resumed." + history,
                            evidence);
                case NOT_ACCEPTED ->
                    new Draft(
                            Kind.INVALID,
                            Action.VERIFY,
                            call.at(),
                            "The provider does not accept this key" + answer + ". It is verified by real calls."
                                    + history,
                            evidence);
                case WELL, REFUSED, FAILED, UNREACHABLE, NONE ->
                    new Draft(
                            Kind.REFUSED,
                            Action.VERIFY,
                            call.at(),
                            "The provider refused a call for a reason that lies in this key" + answer
                                    + ". It is verified by real calls." + history,
                            evidence);
            };
        }

        private Draft failing(Instant at, int count) {
            var rest = properties.coolDownAfter(count);
            var sentence = ("%d calls with this key failed one after another within %s. It is left alone for %s, and"
                            + " verified by real calls.")
                    .formatted(count, words(Duration.between(run.at().getFirst(), at)), words(rest));
            return new Draft(
                    Kind.FAILING,
                    Action.COOL_DOWN,
                    at,
                    sentence,
                    Map.of(
                            "failures",
                            BigDecimal.valueOf(count),
                            FindingRecord.COOL_DOWN_SECONDS,
                            BigDecimal.valueOf(rest.toSeconds())));
        }

        private Draft flagged(Instant at, int count) {
            return new Draft(
                    Kind.FLAGGED,
                    Action.FLAG,
                    at,
                    "%d calls with this key failed one after another, those included that tried it after each cool-down."
                                    .formatted(count)
                            + " It serves nobody until its owner or an administrator resumes it.",
                    Map.of("failures", BigDecimal.valueOf(count)));
        }

        History history() {
            return new History(run.at(), served, servedAt, toldAt);
        }
    }

    private static Instant later(@Nullable Instant one, Instant other) {
        return one == null || other.isAfter(one) ? other : one;
    }

    private static Instant seconds(Instant at) {
        return Instant.ofEpochSecond(at.getEpochSecond());
    }

    private static String words(Duration time) {
        long seconds = Math.max(1, time.toSeconds());
        return seconds < 120 ? seconds + " s" : (seconds / 60) + " min";
    }
}
