package io.quotabank.proxy.relay;

import io.quotabank.proxy.room.Room;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Arrays;

/** What came of reading a request's body. */
sealed interface Intake {

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Whole(byte[] body) implements Intake {}

    record TooLarge() implements Intake {}

    /** Requests under way hold so much that this one does not fit. */
    record NoRoom() implements Intake {}

    /** What a request holds besides a large body: a thousand streams were measured at 115 kB each, connections included. */
    int EACH = 128 << 10;

    /** Of this size a body is part of {@link #EACH}. */
    int SMALL = 16 << 10;

    /** As it came, as it goes on, and what is made of it in between. */
    int COPIES = 3;

    /**
     * Reads a body, taking room as it arrives: what a caller only claims to send takes none.
     *
     * @param most bytes of a body
     */
    static Intake read(HttpServletRequest request, int most, Room.Share share) throws IOException {
        long told = request.getContentLengthLong();
        if (told > most) {
            return new TooLarge();
        }
        // One byte more than is allowed shows that it is too large.
        long expected = told < 0 ? most + 1L : told;
        var in = request.getInputStream();
        var body = new byte[(int) Math.min(expected, SMALL)];
        int length = in.readNBytes(body, 0, body.length);
        while (length == body.length && length < expected) {
            int larger = (int) Math.min(expected, 2L * length);
            if (!share.take((long) COPIES * (larger - length))) {
                return new NoRoom();
            }
            body = Arrays.copyOf(body, larger);
            length += in.readNBytes(body, length, larger - length);
        }
        if (length > most) {
            return new TooLarge();
        }
        return new Whole(length == body.length ? body : Arrays.copyOf(body, length));
    }
}
