package io.quotabank.ledger.batch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Rows for {@code COPY ... FROM STDIN (FORMAT binary)}: PostgreSQL reads no arrays of text for them, and checks the same
 * constraints. Values are written in the order of the columns. The format: PostgreSQL's documentation of COPY, "Binary
 * Format".
 */
public final class Copy {

    private static final byte[] SIGNATURE = "PGCOPY\n\u00ff\r\n\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int NO_FLAGS = 0;
    private static final int NO_EXTENSION = 0;
    private static final short END = -1;
    private static final int NULL = -1;
    private static final int UUID_BYTES = 16;
    private static final int ROOM_FOR_A_ROW = 256;

    private final String sql;
    private final short columns;
    private ByteBuffer bytes;

    private Copy(String sql, int columns, int rows) {
        this.sql = sql;
        this.columns = (short) columns;
        this.bytes = ByteBuffer.allocate(SIGNATURE.length + ROOM_FOR_A_ROW * (rows + 1));
        bytes.put(SIGNATURE).putInt(NO_FLAGS).putInt(NO_EXTENSION);
    }

    /**
     * Writes rows in the current transaction.
     *
     * @param table and its columns, as in {@code transfer (id, amount)}
     * @param row puts one value for each column
     * @return how many the database took
     */
    public static <T> long write(JdbcTemplate jdbc, String table, Collection<T> rows, BiConsumer<T, Copy> row) {
        int columns = (int) table.chars().filter(letter -> letter == ',').count() + 1;
        var copy = new Copy("COPY " + table + " FROM STDIN (FORMAT binary)", columns, rows.size());
        for (var each : rows) {
            copy.room(Short.BYTES).putShort(copy.columns);
            row.accept(each, copy);
        }
        return copy.write(jdbc);
    }

    /** An {@code int8}. */
    public Copy bigint(long value) {
        room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(value);
        return this;
    }

    /** An {@code int4}. */
    public Copy integer(int value) {
        room(Integer.BYTES + Integer.BYTES).putInt(Integer.BYTES).putInt(value);
        return this;
    }

    /** An {@code int2}. */
    public Copy smallint(int value) {
        room(Integer.BYTES + Short.BYTES).putInt(Short.BYTES).putShort((short) value);
        return this;
    }

    public Copy uuid(@Nullable UUID value) {
        room(Integer.BYTES + UUID_BYTES);
        if (value == null) {
            bytes.putInt(NULL);
        } else {
            bytes.putInt(UUID_BYTES).putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
        }
        return this;
    }

    /** A {@code text} or the label of an enumerated type. */
    public Copy text(String value) {
        var utf8 = value.getBytes(StandardCharsets.UTF_8);
        room(Integer.BYTES + utf8.length).putInt(utf8.length).put(utf8);
        return this;
    }

    private long write(JdbcTemplate jdbc) {
        room(Short.BYTES).putShort(END);
        Long taken = jdbc.execute((ConnectionCallback<Long>) connection -> {
            var in = new ByteArrayInputStream(bytes.array(), 0, bytes.position());
            try {
                return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, in);
            } catch (IOException broken) {
                throw new DataAccessResourceFailureException("sending rows failed", broken);
            }
        });
        return taken == null ? 0 : taken;
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            bytes = ByteBuffer.allocate(Math.max(bytes.capacity() * 2, bytes.position() + more))
                    .put(bytes.flip());
        }
        return bytes;
    }
}
