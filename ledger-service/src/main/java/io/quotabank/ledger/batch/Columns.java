package io.quotabank.ledger.batch;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Sets a statement's parameters in their order, arrays of columns above all. */
public final class Columns {

    private final PreparedStatement statement;
    private int next = 1;

    public Columns(PreparedStatement statement) {
        this.statement = statement;
    }

    /** One number, not a column. */
    public Columns number(long value) throws SQLException {
        statement.setLong(next++, value);
        return this;
    }

    /** Arrays of primitives travel in binary form. */
    public Columns longs(long[] column) throws SQLException {
        statement.setObject(next++, column);
        return this;
    }

    public <T> Columns longs(List<T> rows, ToLongFunction<T> value) throws SQLException {
        return longs(rows.stream().mapToLong(value).toArray());
    }

    public <T> Columns uuids(Collection<T> rows, Function<T, @Nullable UUID> value) throws SQLException {
        return objects("uuid", rows, value);
    }

    public <T> Columns texts(Collection<T> rows, Function<T, @Nullable String> value) throws SQLException {
        return objects("text", rows, value);
    }

    public <T> Columns dates(Collection<T> rows, Function<T, @Nullable LocalDate> value) throws SQLException {
        return objects("date", rows, value);
    }

    public <T> Columns instants(Collection<T> rows, Function<T, @Nullable Instant> value) throws SQLException {
        return objects("timestamptz", rows, row -> {
            var instant = value.apply(row);
            return instant == null ? null : Timestamp.from(instant);
        });
    }

    public Columns instant(Instant instant) throws SQLException {
        statement.setTimestamp(next++, Timestamp.from(instant));
        return this;
    }

    /** Numbers some of which are missing. */
    public <T> Columns numbers(Collection<T> rows, Function<T, @Nullable Long> value) throws SQLException {
        return objects("bigint", rows, value);
    }

    public <T> Columns booleans(List<T> rows, Function<T, Boolean> value) throws SQLException {
        return objects("bool", rows, value);
    }

    /** The two ends of the range of some ids. */
    public Columns range(Collection<UUID> ids) throws SQLException {
        var range = IdRange.of(ids);
        statement.setObject(next++, range.least());
        statement.setObject(next++, range.greatest());
        return this;
    }

    private <T> Columns objects(String type, Collection<T> rows, Function<T, ? extends @Nullable Object> value)
            throws SQLException {
        var column = rows.stream().map(value).toArray();
        statement.setArray(next++, statement.getConnection().createArrayOf(type, column));
        return this;
    }
}
