package io.quotabank.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.util.Arrays;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CodecProperties {

    @Property
    void readsWhatItWrote(@ForAll("entries") Entry entry) throws Exception {
        var bytes = Codec.encode(entry);

        assertThat(Codec.decode(bytes, 0, bytes.length)).isEqualTo(entry);
    }

    @Property
    void refusesWhatIsCutOff(@ForAll("entries") Entry entry, @ForAll int at) {
        var bytes = Codec.encode(entry);
        int length = Math.floorMod(at, bytes.length);

        assertThatIOException().isThrownBy(() -> Codec.decode(bytes, 0, length));
        assertThatIOException()
                .isThrownBy(() -> Codec.decode(Arrays.copyOf(bytes, bytes.length + 1), 0, bytes.length + 1));
    }

    @Provide
    Arbitrary<Entry> entries() {
        return Entries.any();
    }
}
