package io.quotabank.sandbox.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.sandbox.key.ApiKey;
import io.quotabank.sandbox.key.ApiKeys;
import io.quotabank.sandbox.key.Prices;
import io.quotabank.sandbox.reply.Reply;
import io.quotabank.sandbox.served.Served;
import io.quotabank.sandbox.served.ServedRequest.RequestId;
import io.quotabank.sandbox.token.Piece;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ChatStreamTests {

    private static final long MS = 1_000_000;

    private final AtomicLong now = new AtomicLong(1000);
    private final Served served = new Served(10, Clock.systemUTC());

    @Test
    void letsTokensFallDueAtTheirPace() {
        var stream = stream(20, Integer.MAX_VALUE);

        assertThat(stream.dueInNanos()).isZero();
        assertThat(stream.next()).contains("\"role\":\"assistant\"");
        assertThat(stream.dueInNanos()).isZero();
        assertThat(stream.next()).contains("one");
        assertThat(stream.dueInNanos()).isEqualTo(50 * MS);
        now.addAndGet(30 * MS);
        assertThat(stream.dueInNanos()).isEqualTo(20 * MS);
        now.addAndGet(40 * MS);
        assertThat(stream.dueInNanos()).isNegative();
        assertThat(stream.next()).contains("two");
        assertThat(stream.dueInNanos()).as("the piece of two tokens").isEqualTo(80 * MS);
    }

    @Test
    void countsOnlyWhatWasSent() {
        var stream = stream(0, Integer.MAX_VALUE);
        while (stream.next() != null) {
            assertThat(stream.dueInNanos()).isZero();
        }
        stream.sent();
        stream.sent();
        assertThat(tokensSent()).isEqualTo(1);
        stream.sent();
        assertThat(tokensSent()).isEqualTo(3);
        stream.sent();
        stream.sent();
        assertThat(tokensSent()).isEqualTo(3);
        assertThat(stream.endsProperly()).isTrue();
    }

    @Test
    void breaksOffWhereItIsCutUnlessThatIsBehindTheEnd() {
        var cut = stream(0, 4);
        while (cut.next() != null) {
            assertThat(cut.endsProperly()).isFalse();
        }
        assertThat(cut.endsProperly()).isFalse();
        var whole = stream(0, 5);
        while (whole.next() != null) {
            assertThat(whole.dueInNanos()).isZero();
        }
        assertThat(whole.endsProperly()).isTrue();
    }

    private int tokensSent() {
        return served.page(0, 1, 1).entries().getFirst().completionTokens();
    }

    /** Five events: the role, a token, two tokens, the end and [DONE]. */
    private ChatStream stream(double tokensPerSecond, int cutAfter) {
        var settings = new ApiKey.Settings(List.of("m"), null, 0, 0, 0, Prices.DEFAULT);
        var key = new ApiKeys(now::get).put("k", settings);
        var entry = served.open("k", "m", new RequestId(1, 1), null, 9, 0);
        var reply = new Reply(null, List.of(new Piece("one", 1), new Piece(" two", 2)), 3, false);
        var answer = new ChatAnswer("id", 0, "m", reply, 9, 0, true);
        var manner = new ChatStream.Manner(tokensPerSecond, false, cutAfter);
        return new ChatStream(answer, manner, new Delivery(served, entry, key, 9, 0), now::get);
    }
}
