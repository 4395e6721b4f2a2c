package io.quotabank.sandbox.served;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.sandbox.served.Served.KeyTotals;
import io.quotabank.sandbox.served.ServedRequest.RequestId;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServedTests {

    private final Served served = new Served(3, InstantSource.fixed(Instant.ofEpochMilli(77)));

    @Test
    void keepsTheLastRequestsAndAllTotals() {
        for (var i = 1; i <= 5; i++) {
            var request = open(i, null);
            served.sent(request, i);
            served.close(request, i % 2 == 0);
        }
        assertThat(served.forgotten()).isEqualTo(2);
        assertThat(served.page(0, served.count(), 100).entries())
                .extracting(Served.Entry::completionTokens)
                .containsExactly(3, 4, 5);
        assertThat(served.totals()).containsExactly(new KeyTotals("k", 5, 2, 50, 5, 15));
    }

    @Test
    void countsALongStreamThatOutlastsItsPlace() {
        var stream = open(1, null);
        for (var i = 2; i <= 7; i++) {
            served.close(open(i, null), true);
        }
        served.sent(stream, 40);
        served.close(stream, true);

        assertThat(served.totals().getFirst().completionTokens()).isEqualTo(40);
        assertThat(served.totals().getFirst().finished()).isEqualTo(7);
        assertThat(served.page(0, served.count(), 100).entries())
                .allMatch(entry -> entry.completionTokens() == 0)
                .hasSize(3);
    }

    @Test
    void showsWhatIsStillBeingSent() {
        var request = open(9, null);
        served.sent(request, 2);

        var entry = served.page(0, 1, 1).entries().getFirst();
        assertThat(entry)
                .isEqualTo(new Served.Entry(
                        "req_00000000000000090000000000000009", null, "k", "chat", "m", 77, 10, 1, 2, false, true));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "0198a1b2-0000-7000-8000-00000000000a",
                "0198A1B2-0000-7000-8000-00000000000A",
                "00000000-0000-0000-0000-000000000000",
                "1-1-1-1-1",
                "any text that is as long as a UUID is"
            })
    void givesBackTheClientsIdAsItCame(String id) {
        served.close(open(1, "0198a1b2-0000-7000-8000-0000000000ff"), true);
        served.close(open(2, "x"), true);
        served.close(open(3, "y"), true);
        served.close(open(4, id), true);

        assertThat(served.page(0, served.count(), 100).entries().getLast().clientRequestId())
                .isEqualTo(id);
    }

    @Test
    void givesPagesOneAfterTheOther() {
        for (var i = 1; i <= 3; i++) {
            served.close(open(i, null), true);
        }
        var first = served.page(0, 3, 2);
        assertThat(first.entries()).hasSize(2);
        assertThat(served.page(first.next(), 3, 2).entries()).hasSize(1);
        assertThat(served.page(first.next(), 3, 2).next()).isEqualTo(3);
    }

    private ServedRequest open(int id, String clientId) {
        return served.open("k", "chat", "m", new RequestId(id, id), clientId, 10, 1);
    }
}
