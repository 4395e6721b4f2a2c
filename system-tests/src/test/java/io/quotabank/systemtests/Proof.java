package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.PEOPLE;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Http;
import io.quotabank.systemtests.stack.Sandbox.Served;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What must be true of the books whatever happened before. */
final class Proof {

    /**
     * One settled request as the ledger has it; amounts in micro-credits.
     *
     * @param expired whether the hold that paid for it was given up before all was settled
     */
    record Settled(UUID requestId, long cost, long served, long charge, long loss, long platform, boolean expired) {}

    /** Waits until nothing of the buyer's is held, then gives the settled requests by id. */
    static Map<UUID, Settled> settledOf(UUID userId, Duration atMost) {
        await().atMost(atMost)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .untilAsserted(
                        () -> assertThat(PEOPLE.balance(userId).path("held").decimalValue())
                                .isEqualByComparingTo("0"));
        return Suite.LEDGER
                .rows(
                        "SELECT request, cost, served, charge, loss, platform_part, h.status = 'expired' AS expired"
                                + " FROM settlement s JOIN account a ON a.id = s.account"
                                + " LEFT JOIN hold h ON h.id = s.hold WHERE a.person = ?",
                        userId)
                .stream()
                .map(row -> new Settled(
                        (UUID) Objects.requireNonNull(row.get("request")),
                        number(row.get("cost")),
                        number(row.get("served")),
                        number(row.get("charge")),
                        number(row.get("loss")),
                        number(row.get("platform_part")),
                        Boolean.TRUE.equals(row.get("expired"))))
                .collect(Collectors.toMap(Settled::requestId, Function.identity()));
    }

    /** Every whole answer settled once, with the tokens that it told its client. */
    static void wholeAnswersAreSettled(
            Collection<Caller.Result> results, Map<UUID, Settled> settled, Map<UUID, UsageEvent.Closed> events) {
        var whole = results.stream()
                .filter(result -> result.end() == Caller.End.WHOLE)
                .toList();
        assertThat(whole).isNotEmpty();
        for (var result : whole) {
            var row = Objects.requireNonNull(settled.get(result.requestId()), result::toString);
            var event = Objects.requireNonNull(events.get(result.requestId()), result::toString);
            assertThat(event.outcome()).as(event.toString()).isEqualTo(UsageEvent.Outcome.COMPLETED);
            assertThat(event.tokens().output()).as(event.toString()).isEqualTo(result.usageTokens());
            if (!row.expired()) {
                assertThat(row.charge())
                        .as("%s of %s", row, event)
                        .isEqualTo(event.cost().micro());
                assertThat(row.loss()).as("%s of %s", row, event).isZero();
            }
        }
    }

    /** Each closed request is settled at the published price, and whoever the rules name has paid for it. */
    static void eachIsSettledByItsRule(Collection<UsageEvent.Closed> events, Map<UUID, Settled> settled) {
        var prices = Prices.published();
        assertThat(events).isNotEmpty();
        for (var event : events) {
            var row = Objects.requireNonNull(settled.get(event.requestId()), event::toString);
            assertThat(event.cost().micro()).as(event.toString()).isEqualTo(prices.microOf(event));
            assertThat(row.cost()).isEqualTo(event.cost().micro());
            assertThat(row.served()).isEqualTo(event.served().micro());
            assertThat(row.loss()).isEqualTo(row.served() - row.charge());
            // Only a hold that was given up before the event came pays less.
            assertThat(row.charge()).as("%s of %s", row, event).isBetween(row.expired() ? 0 : row.cost(), row.cost());
        }
    }

    /** What the provider served with a key since an instant, when nothing of it is being sent any more. */
    static List<Served> served(String apiKey, long sinceMs) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Suite.SANDBOX.served(apiKey, sinceMs).stream().noneMatch(Served::open));
        return Suite.SANDBOX.served(apiKey, sinceMs);
    }

    /**
     * Tokens that the provider served and nobody metered. Answers that ended whole are metered to the token, so the gap
     * is at most what was served for those that did not.
     */
    static long gap(List<Served> served, Collection<UsageEvent.Closed> events, Collection<Caller.Result> results) {
        var byUpstream = served.stream().collect(Collectors.toMap(Served::requestId, Function.identity()));
        events.forEach(event -> event.attempts().forEach(attempt -> metered(event, attempt, byUpstream)));
        long metered = events.stream()
                .flatMap(event -> event.attempts().stream())
                .mapToLong(attempt -> attempt.tokens().output())
                .sum();
        var interrupted = results.stream()
                .filter(result -> result.end() != Caller.End.WHOLE)
                .map(Caller.Result::clientRequestId)
                .collect(Collectors.toSet());
        long servedInVain = served.stream()
                .filter(request -> interrupted.contains(String.valueOf(request.clientRequestId())))
                .mapToLong(Served::completionTokens)
                .sum();
        long gap = served.stream().mapToLong(Served::completionTokens).sum() - metered;
        assertThat(gap).isBetween(0L, servedInVain);
        return gap;
    }

    private static void metered(UsageEvent.Closed event, UsageEvent.Attempt attempt, Map<String, Served> byUpstream) {
        var truth = attempt.upstreamRequestId() == null ? null : byUpstream.get(attempt.upstreamRequestId());
        if (event.outcome() == UsageEvent.Outcome.COMPLETED && attempt.result() == UsageEvent.Result.SERVED) {
            assertThat(truth).as(event.toString()).isNotNull();
            assertThat(attempt.tokens().output()).isEqualTo(truth.completionTokens());
            assertThat(attempt.tokens().input()).isEqualTo(truth.promptTokens());
            assertThat(attempt.tokens().cacheRead()).isEqualTo(truth.cachedTokens());
        } else if (truth != null) {
            assertThat(attempt.tokens().output()).isLessThanOrEqualTo(truth.completionTokens());
            assertThat(attempt.tokens().input()).isLessThanOrEqualTo(truth.promptTokens());
        }
    }

    /** The ledger's own proof, run now, and again while a part that it asks is not back yet. */
    static void booksAreRight() {
        var answer = await().atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofSeconds(1))
                .until(
                        () -> Http.post(STACK.gateway() + "/api/ledger/reconciliation", PEOPLE.token("admin"), "{}"),
                        given -> !given.body().contains("\"unproven\""));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().path("proofs")).as(answer.body()).isNotEmpty();
        assertThat(answer.json().path("agrees").asBoolean()).as(answer.body()).isTrue();
    }

    static BigDecimal credits(UUID userId) {
        return PEOPLE.balance(userId).path("credits").decimalValue();
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    private Proof() {}
}
