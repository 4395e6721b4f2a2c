package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.SANDBOX;
import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.systemtests.stack.Caller;
import io.quotabank.systemtests.stack.Caller.End;
import io.quotabank.systemtests.stack.Sandbox.Served;
import io.quotabank.systemtests.stack.UsageTopic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each fault that a provider can have, for a streamed answer and for one in one piece: what the client sees, who is
 * blamed, and what is billed beside what the provider says that it served.
 */
class FaultsIT {

    private static final String MODEL = "gpt-4.1-nano";
    private static final String PATH = "/v1/chat/completions";
    private static final Map<String, String> CHAT = Map.of("model", MODEL, "path", PATH);
    private static final int TOKENS = 24;

    /** Events before a stream breaks: one with the role, and three with a token each. */
    private static final int CHUNKS = 4;

    private static final List<Closed> EVENTS = new ArrayList<>();
    private static final Caller CALLER = new Caller(STACK);
    private static final Suite.Buyer BUYER = Suite.buyer("0");
    private static final UsageTopic TOPIC = new UsageTopic(STACK);

    private static String sound = "";

    private final long since = System.currentTimeMillis();

    @BeforeAll
    static void aKeyThatBothProxiesKnow() throws Exception {
        sound = Suite.keyFor(MODEL, 0);
        await().until(() -> IntStream.range(0, 10).allMatch(i -> call(false).end() == End.WHOLE));
    }

    @AfterEach
    void healTheProvider() {
        SANDBOX.noFaults();
        Suite.withdrawKeysBut(sound);
    }

    @AfterAll
    static void allIsSettledByItsRule() {
        Suite.withdrawKeys();
        try (TOPIC) {
            Proof.eachIsSettledByItsRule(EVENTS, Proof.settledOf(BUYER.userId(), Duration.ofSeconds(60)));
        }
        Proof.booksAreRight();
    }

    /** How the attempt ends, for whoever is blamed, and what the provider does. */
    static Stream<Arguments> beforeTheFirstByte() {
        return Stream.of(
                        Arguments.of(Result.PROVIDER_ERROR, Map.of("kind", "status", "status", 500)),
                        Arguments.of(Result.PROVIDER_ERROR, Map.of("kind", "status", "status", 503)),
                        Arguments.of(Result.RATE_LIMITED, Map.of("kind", "status", "status", 429)),
                        Arguments.of(Result.KEY_REFUSED, Map.of("kind", "status", "status", 401)),
                        Arguments.of(Result.KEY_REFUSED, Map.of("kind", "status", "status", 402)),
                        Arguments.of(Result.KEY_REFUSED, Map.of("kind", "status", "status", 403)),
                        Arguments.of(Result.UNREACHABLE, Map.of("kind", "reset")),
                        Arguments.of(Result.UNREACHABLE, Map.of("kind", "delay", "ms", 60_000)),
                        Arguments.of(Result.UNREACHABLE, Map.of("kind", "slow", "from", "head")),
                        Arguments.of(Result.PROVIDER_ERROR, Map.of("kind", "errorEvent")),
                        Arguments.of(Result.CUT, Map.of("kind", "cut", "afterChunks", 0)),
                        Arguments.of(Result.CUT, Map.of("kind", "stall", "afterChunks", 0)),
                        Arguments.of(Result.PROVIDER_ERROR, Map.of("kind", "malformedChunk", "afterChunks", 0)))
                .flatMap(each ->
                        Stream.of(true, false).map(stream -> Arguments.of(each.get()[0], each.get()[1], stream)));
    }

    @ParameterizedTest
    @MethodSource("beforeTheFirstByte")
    void aFaultBeforeTheFirstByteMovesToAnotherKeyUnseen(Result blame, Map<String, ?> fault, boolean stream)
            throws Exception {
        SANDBOX.fault(Map.of("apiKey", Suite.keyFor(MODEL, 0), "path", PATH), 1, fault);
        var event = new AtomicReference<Closed>();
        // Until the new key has its turn.
        await().until(() -> {
            var result = call(stream);
            assertThat(result.end()).isEqualTo(End.WHOLE);
            event.set(closed(result));
            assertThat(event.get().tokens()).isEqualTo(tokens(served(result)));
            return event.get().attempts().size() > 1;
        });
        var attempts = event.get().attempts();

        assertThat(event.get().outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(attempts).extracting(Attempt::result).containsExactly(blame, Result.SERVED);
        if (blame != Result.UNREACHABLE) {
            assertThat(attempts).extracting(Attempt::keyId).doesNotHaveDuplicates();
        }
        // The sandbox is at an address of its owner's own: what failed there earns nothing.
        assertThat(attempts.getFirst().served()).isEqualTo(Credits.ZERO);
    }

    static Stream<Map<String, ?>> inTheStream() {
        return Stream.of("cut", "stall", "malformedChunk", "errorEvent")
                .map(kind -> Map.of("kind", kind, "afterChunks", CHUNKS));
    }

    @ParameterizedTest
    @MethodSource("inTheStream")
    void aFaultInAStreamIsToldInBandAndPaidAsFarAsItCame(Map<String, ?> fault) throws Exception {
        SANDBOX.fault(CHAT, 1, fault);
        var result = call(true);
        var event = closed(result);
        var served = served(result);

        assertThat(result.end()).isEqualTo(End.ERROR_EVENT);
        assertThat(result.contentChunks()).isEqualTo(CHUNKS - 1);
        assertThat(event.outcome()).isEqualTo(Outcome.UPSTREAM_CUT);
        assertThat(event.attempts()).extracting(Attempt::result).containsExactly(Result.CUT);
        assertThat(event.metering()).isEqualTo(Metering.COUNTED);
        assertThat(event.tokens()).isEqualTo(TokenUsage.of(served.promptTokens(), CHUNKS - 1));
        assertThat(served.completionTokens()).isGreaterThanOrEqualTo(CHUNKS - 1);
    }

    @ParameterizedTest
    @MethodSource("inTheStream")
    void aFaultInAnAnswerInOnePieceMovesToAnotherKeyUnseen(Map<String, ?> fault) throws Exception {
        var blame = List.of("cut", "stall").contains(fault.get("kind")) ? Result.CUT : Result.PROVIDER_ERROR;
        aFaultBeforeTheFirstByteMovesToAnotherKeyUnseen(blame, fault, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerWithoutUsageIsCountedToTheToken(boolean stream) throws Exception {
        var despite = completedDespite(Map.of("kind", "omitUsage"), stream);

        assertThat(despite.event().metering()).isEqualTo(Metering.COUNTED);
        assertThat(despite.event().tokens()).isEqualTo(tokens(despite.served()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aUsageBelowTheTrueOneIsTheProvidersWord(boolean stream) throws Exception {
        var despite = completedDespite(Map.of("kind", "wrongUsage", "factor", 0.5), stream);
        long prompt = despite.served().promptTokens();

        assertThat(despite.event().metering()).isEqualTo(Metering.REPORTED);
        assertThat(despite.event().tokens()).isEqualTo(TokenUsage.of(prompt / 2, TOKENS / 2));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aUsageBeyondWhatCanBeCostsAtMostWhatWasReserved(boolean stream) throws Exception {
        var fault = Map.of("kind", "wrongUsage", "promptTokens", 1_000_000_000, "completionTokens", 1_000_000_000);
        var event = completedDespite(fault, stream).event();
        long reserved = event.funding().stream()
                .mapToLong(funding -> funding.atMost().micro())
                .sum();

        assertThat(event.tokens().output()).isEqualTo(TOKENS);
        assertThat(event.tokens().input()).isLessThan(1_000);
        assertThat(event.cost().micro()).isPositive().isLessThanOrEqualTo(reserved);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofTwoUsagesTheLastCountsWithinWhatCanBe(boolean stream) throws Exception {
        var despite = completedDespite(Map.of("kind", "doubleUsage", "factor", 2), stream);
        long prompt = despite.served().promptTokens();

        assertThat(despite.event().metering()).isEqualTo(Metering.REPORTED);
        assertThat(despite.event().tokens()).isEqualTo(TokenUsage.of(2 * prompt, TOKENS));
    }

    @Test
    void anAnswerThatDripsEndsWithTheLongestRequestTime() throws Exception {
        SANDBOX.fault(CHAT, 1, Map.of("kind", "slow", "bytesPerSecond", 60));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var streamed = threads.submit(() -> call(true));
            await().until(() -> SANDBOX.served(sound, since).stream().anyMatch(Served::open));
            SANDBOX.fault(CHAT, 1, Map.of("kind", "slow"));
            var whole = threads.submit(() -> call(false));

            assertThat(streamed.get().end()).isEqualTo(End.ERROR_EVENT);
            var partly = closed(streamed.get());
            assertThat(partly.outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(partly.tokens().output())
                    .isEqualTo(streamed.get().contentChunks())
                    .isBetween(1L, TOKENS - 1L);

            assertThat(whole.get().end()).isEqualTo(End.REFUSED);
            assertThat(whole.get().status()).isEqualTo(504);
            var nothing = closed(whole.get());
            assertThat(nothing.outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(nothing.tokens().output()).isZero();
            assertThat(nothing.tokens().input()).isEqualTo(partly.tokens().input());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHostThatErrsForAWhileIsLeftForAnother(boolean stream) throws Exception {
        var erring = Suite.keyAt(STACK.sandbox().replace("127.0.0.1", "localhost"), MODEL);
        var match = Map.of("host", "localhost", "path", PATH);
        SANDBOX.faultFor(match, Duration.ofMinutes(5), Map.of("kind", "status", "status", 503));
        var results = new ArrayList<Caller.Result>();
        for (int i = 0; i < 40; i++) {
            results.add(call(stream));
        }
        var failed = results.stream()
                .flatMap(result -> closed(result).attempts().stream())
                .filter(attempt -> attempt.result() != Result.SERVED)
                .toList();

        assertThat(results).extracting(Caller.Result::end).containsOnly(End.WHOLE);
        assertThat(Proof.served(erring, since)).noneMatch(served -> served.clientRequestId() != null);
        // Five failures take a key out; each of the two proxies has to see them itself.
        assertThat(failed).hasSizeBetween(1, 10);
        assertThat(failed).extracting(Attempt::result).containsOnly(Result.PROVIDER_ERROR);
        assertThat(failed)
                .extracting(Attempt::keyId)
                .containsOnly(failed.getFirst().keyId());
    }

    private record Despite(Closed event, Served served) {}

    private Despite completedDespite(Map<String, ?> fault, boolean stream) {
        SANDBOX.fault(CHAT, 1, fault);
        var result = call(stream);
        var event = closed(result);
        var served = served(result);
        assertThat(result.end()).isEqualTo(End.WHOLE);
        assertThat(event.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(event.attempts()).extracting(Attempt::result).containsExactly(Result.SERVED);
        assertThat(served.completionTokens()).isEqualTo(TOKENS);
        return new Despite(event, served);
    }

    private static Caller.Result call(boolean stream) {
        return stream
                ? CALLER.stream(BUYER.accessKey(), MODEL, "Go on.", TOKENS, -1)
                : CALLER.chat(BUYER.accessKey(), MODEL, "Go on.", TOKENS);
    }

    private static Closed closed(Caller.Result result) {
        var id = Objects.requireNonNull(result.requestId());
        await().until(() -> TOPIC.closed().containsKey(id));
        var event = Objects.requireNonNull(TOPIC.closed().get(id));
        EVENTS.add(event);
        return event;
    }

    /** What the provider says that it served for a call in the end. */
    private Served served(Caller.Result result) {
        var found = new AtomicReference<Served>();
        await().until(() -> {
            found.set(SANDBOX.served(since).stream()
                    .filter(served -> result.clientRequestId().equals(served.clientRequestId()))
                    .reduce((first, last) -> last)
                    .orElse(null));
            return found.get() != null && !found.get().open();
        });
        return found.get();
    }

    private static TokenUsage tokens(Served served) {
        return TokenUsage.of(served.promptTokens(), served.completionTokens());
    }
}
