package io.quotabank.contracts.accesskey;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;

class AccessKeySecretProperties {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LENGTH = 41;

    @Property
    void everySingleWrongCharacterIsRefused(
            @ForAll @IntRange(max = LENGTH - 1) int place, @ForAll @CharRange(from = ' ', to = '~') char wrong) {
        var key = AccessKeySecret.generate(RANDOM);
        var typed = key.substring(0, place) + wrong + key.substring(place + 1);
        assertThat(AccessKeySecret.wellFormed(typed)).isEqualTo(typed.equals(key));
    }

    @Property
    void everySwapOfNeighboursIsRefused(@ForAll @IntRange(min = 3, max = LENGTH - 2) int place) {
        var key = AccessKeySecret.generate(RANDOM);
        var typed = key.substring(0, place) + key.charAt(place + 1) + key.charAt(place) + key.substring(place + 2);
        assertThat(AccessKeySecret.wellFormed(typed)).isEqualTo(typed.equals(key));
    }

    @Property
    void whatIsCutOrGrownIsRefused(@ForAll @IntRange(max = LENGTH - 1) int length, @ForAll char more) {
        var key = AccessKeySecret.generate(RANDOM);
        assertThat(AccessKeySecret.wellFormed(key.substring(0, length))).isFalse();
        assertThat(AccessKeySecret.wellFormed(key + more)).isFalse();
    }

    @Property
    void anyTextIsRefusedWithoutAnException(@ForAll String text) {
        assertThat(AccessKeySecret.wellFormed(text)).isFalse();
    }

    @Example
    void keysAreDistinctWellFormedAndKnownByTheirHash() {
        var seen = new HashSet<String>();
        for (int i = 0; i < 1_000; i++) {
            var key = AccessKeySecret.generate(RANDOM);
            assertThat(key).hasSize(LENGTH).startsWith("qb-");
            assertThat(AccessKeySecret.wellFormed(key)).isTrue();
            assertThat(AccessKeySecret.hash(key)).matches("[0-9a-f]{64}").isEqualTo(AccessKeySecret.hash(key));
            seen.add(AccessKeySecret.hash(key));
        }
        assertThat(seen).hasSize(1_000);
    }

    @Example
    void theHashIsSha256() {
        // FIPS 180-4's example for "abc".
        assertThat(AccessKeySecret.hash("abc"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
