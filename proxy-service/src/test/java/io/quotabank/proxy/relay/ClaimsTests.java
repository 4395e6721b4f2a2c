package io.quotabank.proxy.relay;

import static io.quotabank.proxy.relay.Chats.FINISH;
import static io.quotabank.proxy.relay.Chats.MESSAGES;
import static io.quotabank.proxy.relay.Chats.REQUEST;
import static io.quotabank.proxy.relay.Chats.ROLE;
import static io.quotabank.proxy.relay.Chats.STREAM;
import static io.quotabank.proxy.relay.Chats.answer;
import static io.quotabank.proxy.relay.Chats.delta;
import static io.quotabank.proxy.relay.Chats.stream;
import static io.quotabank.proxy.relay.Chats.usage;
import static io.quotabank.proxy.relay.Chats.usageChunk;
import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.routing.TestRouting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A seller may answer from a server of their own: what it claims is believed within bounds only. */
class ClaimsTests {

    @TempDir
    Path directory;

    private RelayStage stage;

    @BeforeEach
    void start() throws Exception {
        stage = new RelayStage(directory);
        TestRouting.put(
                stage.routing,
                TestRouting.changed(stage.first, Kind.CONSIGNMENT, State.WITHDRAWN, Credits.ZERO, Limits.NONE),
                TestRouting.atOwnAddress(stage.key("sandbox")));
    }

    @AfterEach
    void stop() throws Exception {
        stage.close();
    }

    @Test
    void noReportClaimsMoreThanTheRequestCanCost() throws Exception {
        stage.provider.script(call -> call.json(200, answer("Hi", usage(1L << 39, 1L << 39))));

        stage.chat(REQUEST);

        var closed = stage.closed();
        assertThat(closed.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(closed.tokens().input()).isEqualTo(REQUEST.getBytes(StandardCharsets.UTF_8).length);
        assertThat(closed.cost())
                .isLessThanOrEqualTo(closed.funding().getFirst().atMost());
        assertThat(closed.served()).isEqualTo(closed.cost());
    }

    @Test
    void aLimitAboveTheModelsOwnIsNoLeaveToClaimMore() throws Exception {
        stage.provider.script(call -> call.json(200, answer("Hi", usage(9, Integer.MAX_VALUE))));

        stage.chat("{\"model\":\"small\",\"max_tokens\":2147483647," + MESSAGES + "}");

        var closed = stage.closed();
        assertThat(closed.tokens()).isEqualTo(TokenUsage.of(9, 1_000));
        assertThat(closed.cost())
                .isLessThanOrEqualTo(closed.funding().getFirst().atMost());
        assertThat(closed.served()).isEqualTo(closed.cost());
    }

    @Test
    void noStreamsReportDoesEither() throws Exception {
        stage.provider.script(
                call -> stream(call, ROLE, delta("Hi"), FINISH, usageChunk(1L << 39, 1L << 39), "[DONE]"));

        stage.chat(STREAM);

        var closed = stage.closed();
        assertThat(closed.cost())
                .isLessThanOrEqualTo(closed.funding().getFirst().atMost());
        assertThat(closed.served()).isEqualTo(closed.cost());
    }

    @Test
    void aFailedCallAtAnAddressOfItsOwnersOwnEarnsNothing() throws Exception {
        stage.provider.script(call -> stream(call, "{\"error\":{\"message\":\"overloaded\"}}"));

        assertThat(stage.chat(STREAM).statusCode()).isEqualTo(503);

        var closed = stage.closed();
        assertThat(closed.outcome()).isEqualTo(Outcome.UPSTREAM_FAILED);
        assertThat(closed.attempts()).isNotEmpty().allSatisfy(attempt -> {
            assertThat(attempt.result()).isEqualTo(Result.PROVIDER_ERROR);
            assertThat(attempt.tokens()).isEqualTo(TokenUsage.NONE);
        });
        assertThat(closed.served()).isEqualTo(Credits.ZERO);
    }

    @Test
    void anIdWithoutEndIsCutAndTheAnswerPaid() throws Exception {
        var body = answer("Hi", usage(10, 2)).replace("chatcmpl-1", "x".repeat(1_000_000));
        stage.provider.script(call -> call.json(200, body));

        assertThat(stage.chat(REQUEST).statusCode()).isEqualTo(200);

        var closed = stage.closed();
        assertThat(closed.tokens()).isEqualTo(TokenUsage.of(10, 2));
        assertThat(closed.attempts().getFirst().responseId()).hasSize(200);
    }
}
