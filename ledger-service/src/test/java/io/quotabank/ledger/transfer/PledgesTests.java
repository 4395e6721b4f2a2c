package io.quotabank.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PledgesTests {

    private final Pledges pledges = new Pledges(2);

    @Test
    void noMoreIsPledgedThanIsHeld() {
        pledges.put(0, 70, 50);
        pledges.put(1, 30, 50);

        assertThat(pledges.pledged(new int[] {1, 0})).containsExactly(30, 50);
        assertThat(pledges.changed()).isFalse();
    }

    @Test
    void whatComesBackPaysUpToWhatIsPledged() {
        pledges.put(1, 30, 50);
        assertThat(pledges.anyBack()).isFalse();

        pledges.release(1, 20);
        assertThat(pledges.back(1)).isEqualTo(20);
        assertThat(pledges.back(0)).isZero();
        assertThat(pledges.anyBack()).isTrue();
        pledges.release(1, 20);
        assertThat(pledges.back(1)).isEqualTo(30);

        pledges.release(0, 20);
        assertThat(pledges.back(0)).as("nothing is pledged").isZero();
    }

    @Test
    void whatIsLeftOfItIsPledgedAgain() {
        pledges.put(0, 30, 50);
        pledges.release(0, 20);

        pledges.pledge(0, 10);

        assertThat(pledges.pledged(0)).isEqualTo(10);
        assertThat(pledges.anyBack()).isFalse();
        assertThat(pledges.changed()).isTrue();
        pledges.written();
        assertThat(pledges.changed()).isFalse();
        pledges.pledge(0, 10);
        assertThat(pledges.changed()).as("the same again").isFalse();
    }

    @Test
    void whatIsChargedOfTheHeldIsPledgedNoMore() {
        pledges.put(0, 30, 50);
        pledges.within(0, 30);
        assertThat(pledges.changed()).isFalse();
        pledges.within(0, 29);
        assertThat(pledges.pledged(0)).isEqualTo(29);
        assertThat(pledges.changed()).isTrue();
    }

    @Test
    void whatCameBackIsPledgedUntilItHasPaid() {
        pledges.put(0, 30, 30);
        pledges.release(0, 20);
        pledges.within(0, 10);
        assertThat(pledges.pledged(0)).isEqualTo(30);
        pledges.within(0, 9);
        assertThat(pledges.pledged(0)).isEqualTo(29);
    }
}
