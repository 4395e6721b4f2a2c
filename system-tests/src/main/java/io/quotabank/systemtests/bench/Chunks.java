package io.quotabank.systemtests.bench;

/**
 * Takes the framing off an answer in chunks, as it arrives in pieces: whoever relays a stream may cut an event in two
 * wherever a buffer of theirs ends.
 */
final class Chunks {

    private static final int HEX = 16;

    private enum At {
        HEAD,
        SIZE,
        DATA,
        DATA_END
    }

    private At at = At.HEAD;
    private int headEnd;
    private int size;

    /** Moves what is no framing to the front of the piece; how much that is. */
    int unframe(byte[] piece, int length) {
        int kept = 0;
        for (int i = 0; i < length; i++) {
            byte next = piece[i];
            if (at == At.DATA) {
                piece[kept++] = next;
                at = --size == 0 ? At.DATA_END : At.DATA;
            } else {
                frame(next);
            }
        }
        return kept;
    }

    private void frame(byte next) {
        switch (at) {
            case HEAD -> {
                // The second of two line ends with nothing in between.
                headEnd = next == '\n' ? headEnd + 1 : next == '\r' ? headEnd : 0;
                at = headEnd == 2 ? At.SIZE : At.HEAD;
            }
            case SIZE -> {
                if (next == '\n') {
                    at = size > 0 ? At.DATA : At.DATA_END;
                } else if (Character.digit(next, HEX) >= 0) {
                    size = size * HEX + Character.digit(next, HEX);
                }
            }
            case DATA_END -> at = next == '\n' ? At.SIZE : At.DATA_END;
            case DATA -> throw new IllegalStateException("data is no framing");
        }
    }
}
