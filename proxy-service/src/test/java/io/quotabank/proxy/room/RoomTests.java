package io.quotabank.proxy.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class RoomTests {

    private static final long MB = 1 << 20;

    @Test
    void givesExactlyWhatThereIs() {
        var room = new Room(100);
        var share = room.share();

        assertThat(share.take(101)).isFalse();
        assertThat(share.take(60)).isTrue();
        assertThat(share.take(40)).isTrue();
        assertThat(share.take(1)).isFalse();
        assertThat(room.taken()).isEqualTo(100);
    }

    @Test
    void hasEverythingBackOnceAShareIsClosedHoweverOftenThatIs() {
        var room = new Room(100);
        var other = room.share();
        other.take(10);
        try (var share = room.share()) {
            share.take(90);
            share.close();
        }

        assertThat(room.taken()).isEqualTo(10);
    }

    @Test
    void neverGivesMoreThanThereIsToManyAtOnce() throws Exception {
        var room = new Room(1_000);
        var holding = new AtomicLong();
        var most = new AtomicLong();
        Callable<Void> taker = () -> {
            for (int turn = 0; turn < 20_000; turn++) {
                try (var share = room.share()) {
                    if (share.take(300)) {
                        most.accumulateAndGet(holding.addAndGet(300), Math::max);
                        holding.addAndGet(-300);
                    }
                }
            }
            return null;
        };
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var done : threads.invokeAll(Collections.nCopies(8, taker))) {
                done.get();
            }
        }

        assertThat(most.get()).isBetween(300L, 900L);
        assertThat(room.taken()).isZero();
    }

    @Test
    void isDerivedFromTheHeapUnlessItIsSet() {
        assertThat(new RoomProperties(null).bytes(600 * MB)).isEqualTo(336 * MB);
        assertThat(new RoomProperties(null).bytes(96 * MB)).isEqualTo(12 * MB);
        assertThat(new RoomProperties(DataSize.ofMegabytes(5)).bytes(600 * MB)).isEqualTo(5 * MB);
    }

    @Test
    void cannotBeNothing() {
        assertThatThrownBy(() -> new Room(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
