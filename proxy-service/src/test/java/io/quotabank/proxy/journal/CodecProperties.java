package io.quotabank.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.ByteBuffer;
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

    @Property
    void readsARequestOfAJournalThatKnewNothingButChat(@ForAll("entries") Entry entry) throws Exception {
        if (entry instanceof Entry.Opened opened) {
            var bytes = Codec.encode(opened);
            int operation = 2 + ByteBuffer.wrap(bytes).getShort(1);
            var before = Arrays.copyOfRange(bytes, operation, bytes.length);
            before[0] = 1;

            var read = (Entry.Opened) Codec.decode(before, 0, before.length);

            assertThat(read.operation()).isEqualTo("chat");
            assertThat(Codec.encode(read)).endsWith(Arrays.copyOfRange(before, 1, before.length));
        }
    }

    @Provide
    Arbitrary<Entry> entries() {
        return Entries.any();
    }
}
