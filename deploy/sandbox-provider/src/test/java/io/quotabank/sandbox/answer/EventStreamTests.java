package io.quotabank.sandbox.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.sandbox.answer.EventStream.Break;
import io.quotabank.sandbox.answer.EventStream.Manner;
import io.quotabank.sandbox.key.ApiKey;
import io.quotabank.sandbox.key.ApiKeys;
import io.quotabank.sandbox.key.Prices;
import io.quotabank.sandbox.reply.Reply;
import io.quotabank.sandbox.served.Served;
import io.quotabank.sandbox.served.ServedRequest.RequestId;
import io.quotabank.sandbox.token.Piece;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventStreamTests {

    private static final long MS = 1_000_000;

    private final AtomicLong now = new AtomicLong(1000);
    private final Served served = new Served(10, Clock.systemUTC());

    @Test
    void letsTokensFallDueAtTheirPace() {
        var stream = stream(new Manner(20, null));

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
        var stream = stream(new Manner(0, null));
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
        var cut = stream(breaking(Break.Kind.CUT, 4));
        while (cut.next() != null) {
            assertThat(cut.endsProperly()).isFalse();
        }
        assertThat(cut.endsProperly()).isFalse();
        var whole = stream(breaking(Break.Kind.CUT, 5));
        while (whole.next() != null) {
            assertThat(whole.dueInNanos()).isZero();
        }
        assertThat(whole.endsProperly()).isTrue();
    }

    @Test
    void stallsForEverAfterSoManyEvents() {
        var stream = stream(breaking(Break.Kind.STALL, 2));

        assertThat(stream.next()).contains("role");
        assertThat(stream.next()).contains("one");
        assertThat(stream.dueInNanos()).isGreaterThan(3_600_000 * MS);
    }

    @Test
    void goesOnBehindWhatIsPutInAndCountsItAsNothing() {
        var stream = stream(breaking(Break.Kind.INSERT, 2));
        var events = new ArrayList<String>();
        for (var event = stream.next(); event != null; event = stream.next()) {
            events.add(event);
        }

        assertThat(events).hasSize(6);
        assertThat(events.get(2)).isEqualTo("broken");
        assertThat(events.get(3)).contains("two");
        IntStream.range(0, 3).forEach(i -> stream.sent());
        assertThat(tokensSent()).as("the role, one and what was put in").isEqualTo(1);
        IntStream.range(3, 6).forEach(i -> stream.sent());
        assertThat(tokensSent()).isEqualTo(3);
        stream.ended(stream.endsProperly());
        assertThat(served.page(0, 1, 1).entries().getFirst().finished()).isTrue();
    }

    @Test
    void endsWithAnErrorAsIfAllWereWellButIsNotFinished() {
        var stream = stream(breaking(Break.Kind.END, 1));

        assertThat(stream.next()).contains("role");
        assertThat(stream.next()).isEqualTo("brokendata: [DONE]\n\n");
        assertThat(stream.next()).isNull();
        assertThat(stream.endsProperly()).isTrue();
        stream.ended(true);
        assertThat(served.page(0, 1, 1).entries().getFirst().finished()).isFalse();
    }

    private static Manner breaking(Break.Kind kind, int after) {
        return new Manner(0, new Break(kind, after, "broken"));
    }

    private int tokensSent() {
        return served.page(0, 1, 1).entries().getFirst().completionTokens();
    }

    /** Five events: the role, a token, two tokens, the end and [DONE]. */
    private EventStream stream(Manner manner) {
        var settings = new ApiKey.Settings(List.of("m"), null, 0, 0, 0, Prices.DEFAULT);
        var key = new ApiKeys(now::get).put("k", settings);
        var entry = served.open("k", "chat", "m", new RequestId(1, 1), null, 9, 0);
        var reply = new Reply(null, List.of(new Piece("one", 1), new Piece(" two", 2)), 3, false);
        var events = new ChatAnswer("id", 0, "m", reply).events(List.of());
        return new EventStream(events, manner, new Delivery(served, entry, key, 9, 0), now::get);
    }
}
