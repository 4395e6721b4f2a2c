package io.quotabank.platform.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class IdsProperties {

    static final long YEAR_2100 = 4_102_444_800_000L;

    @Property
    void idsAreVersion7AndTellTheirTime(@ForAll @LongRange(min = 1, max = YEAR_2100) long millis) {
        var id = new Ids(Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC)).next();

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(Ids.millisOf(id)).isEqualTo(millis);
    }

    @Property
    void idsRiseStrictlyWhateverTheClockDoes(
            @ForAll @Size(min = 2, max = 50) List<@LongRange(min = 1, max = YEAR_2100) Long> millis) {
        var times = millis.iterator();
        InstantSource wild = () -> Instant.ofEpochMilli(times.next());
        var ids = new Ids(wild.withZone(ZoneOffset.UTC));
        var last = ids.next().toString();
        for (int i = 1; i < millis.size(); i++) {
            var next = ids.next().toString();
            assertThat(next).isGreaterThan(last);
            last = next;
        }
    }

    @Example
    void idsCarryIntoTheNextMillisecondWhenTheCounterIsFull() {
        var ids = new Ids(Clock.fixed(Instant.ofEpochMilli(1_000), ZoneOffset.UTC));
        for (int i = 0; i < 4_096; i++) {
            assertThat(Ids.millisOf(ids.next())).isEqualTo(1_000);
        }
        assertThat(Ids.millisOf(ids.next())).isEqualTo(1_001);
    }

    @Example
    void manyThreadsGetDistinctIds() throws Exception {
        var ids = new Ids(Clock.systemUTC());
        Callable<List<UUID>> some =
                () -> IntStream.range(0, 5_000).mapToObj(i -> ids.next()).toList();
        var seen = new HashSet<Long>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var made : threads.invokeAll(List.of(some, some, some, some, some, some, some, some))) {
                made.resultNow().forEach(id -> seen.add(id.getMostSignificantBits()));
            }
        }
        assertThat(seen).hasSize(40_000);
    }

    @Example
    void refusesToReadATimeFromAnotherKindOfId() {
        assertThatIllegalArgumentException().isThrownBy(() -> Ids.millisOf(UUID.randomUUID()));
    }
}
