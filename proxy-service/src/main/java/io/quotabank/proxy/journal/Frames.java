package io.quotabank.proxy.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * An entry framed for the disk: a mark (4 bytes), the body's length (4), the body's CRC-32C (4), the body. The mark lets
 * a reader find the next whole frame behind damage.
 */
final class Frames {

    static final int MARK = 0x51424a31;
    static final int HEADER = 12;

    /**
     * The longest body; a longer one can't be written and would be damage when read. Half of what Kafka takes in one
     * record by default, so that what the journal took can always be sent, and be put aside with headers added.
     */
    static final int LONGEST = 1 << 19;

    static byte[] frame(Entry entry) {
        var body = Codec.encode(entry);
        if (body.length > LONGEST) {
            throw new IllegalArgumentException("an entry of " + body.length + " bytes is too long for the journal");
        }
        return ByteBuffer.allocate(HEADER + body.length)
                .putInt(MARK)
                .putInt(body.length)
                .putInt(checksum(body, 0, body.length))
                .put(body)
                .array();
    }

    static int checksum(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    private Frames() {}
}
