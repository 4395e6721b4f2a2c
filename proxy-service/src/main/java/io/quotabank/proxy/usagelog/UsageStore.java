package io.quotabank.proxy.usagelog;

import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Routing;
import io.quotabank.platform.id.Ids;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** Writes the log. A request that is there already stays as it is. */
@Repository
class UsageStore {

    /** A column, its type in PostgreSQL, and where its value comes from. */
    private record Column(String name, String type, Function<Closed, @Nullable Object> value) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("id", "uuid", Closed::requestId),
            new Column("user_id", "uuid", Closed::userId),
            new Column("access_key_id", "uuid", Closed::accessKeyId),
            new Column("started_at", "timestamptz", closed -> at(closed.startedAtMs())),
            new Column("closed_at", "timestamptz", closed -> at(closed.closedAtMs())),
            new Column("first_byte_ms", "int4", UsageStore::firstByteMs),
            new Column("cost", "int8", closed -> closed.cost().micro()),
            new Column("served", "int8", closed -> closed.served().micro()),
            new Column("price_version", "int8", Closed::priceVersion),
            new Column("input_tokens", "int8", closed -> closed.tokens().input()),
            new Column("output_tokens", "int8", closed -> closed.tokens().output()),
            new Column("cache_read_tokens", "int8", closed -> closed.tokens().cacheRead()),
            new Column(
                    "cache_creation_tokens", "int8", closed -> closed.tokens().cacheCreation()),
            new Column("reasoning_tokens", "int8", closed -> closed.tokens().reasoning()),
            new Column("markup_bp", "int4", Closed::markupBasisPoints),
            new Column("attempts", "int2", closed -> (short) closed.attempts().size()),
            new Column("stream", "bool", Closed::stream),
            new Column("operation", "text", Closed::operation),
            new Column("model", "text", Closed::requestModel),
            new Column("tier", "text", Closed::tier),
            new Column("status", "text", closed -> closed.outcome().wire()),
            new Column("metering", "text", closed -> closed.metering().wire()),
            new Column("client_request_id", "text", Closed::clientRequestId),
            new Column(
                    "strategy",
                    "text",
                    closed -> closed.routing() == null ? null : closed.routing().strategy()),
            new Column("score", "float4", closed -> score(closed, Routing::score)),
            new Column("score_cost", "float4", closed -> score(closed, Routing::cost)),
            new Column("score_performance", "float4", closed -> score(closed, Routing::performance)),
            new Column("score_reliability", "float4", closed -> score(closed, Routing::reliability)),
            new Column("score_multiplier", "float4", closed -> score(closed, Routing::multiplier)));

    private static final String INSERT = insert();

    private final JdbcTemplate jdbc;

    UsageStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws IllegalArgumentException where a request id is no UUIDv7: its month could not be told from it */
    void insert(List<Closed> closed) {
        closed.forEach(each -> Ids.millisOf(each.requestId()));
        jdbc.update(INSERT, statement -> {
            for (int i = 0; i < COLUMNS.size(); i++) {
                array(statement, i + 1, COLUMNS.get(i), closed);
            }
        });
    }

    private static void array(PreparedStatement statement, int index, Column column, List<Closed> closed)
            throws SQLException {
        var values = closed.stream().map(column.value()).toArray();
        statement.setArray(index, statement.getConnection().createArrayOf(column.type(), values));
    }

    private static String insert() {
        var names = String.join(", ", COLUMNS.stream().map(Column::name).toList());
        var arrays = String.join(
                ", ",
                COLUMNS.stream().map(column -> "?::" + column.type() + "[]").toList());
        return "INSERT INTO usage (%s) SELECT * FROM unnest(%s) ON CONFLICT DO NOTHING".formatted(names, arrays);
    }

    private static Timestamp at(long epochMs) {
        return Timestamp.from(Instant.ofEpochMilli(epochMs));
    }

    private static @Nullable Integer firstByteMs(Closed closed) {
        var at = closed.firstByteAtMs();
        return at == null ? null : Math.clamp(at - closed.startedAtMs(), 0, Integer.MAX_VALUE);
    }

    private static @Nullable Float score(Closed closed, ToDoubleFunction<Routing> part) {
        return closed.routing() == null ? null : (float) part.applyAsDouble(closed.routing());
    }
}
