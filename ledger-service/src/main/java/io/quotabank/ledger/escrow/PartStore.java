package io.quotabank.ledger.escrow;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The rows of parts of holds that were settled: written under the lock of the account's row, and never changed. */
@Component
class PartStore {

    /** @param id the application's, once per hold */
    record Name(UUID hold, String id) {}

    /** @param hold of which it is, before or after it */
    record Part(Escrow hold, Settlement settlement) {

        Name name() {
            return new Name(hold.id(), settlement.id());
        }
    }

    // Bounds as well as the list: they let the planner's partitions be left out when it runs.
    private static final String FIND = """
            SELECT s.id, s.transfer, s.amount, s.late, s.seller, s.seller_part, s.platform_part, s.reserve_part, s.split,
                   s.split_version, encode(s.body_digest, 'hex'), s.hold
            FROM unnest(?::uuid[], ?::text[]) AS x (hold, id)
            JOIN hold_settlement s ON s.hold = x.hold AND s.id = x.id
            WHERE s.hold = ANY(?) AND s.hold BETWEEN ? AND ?
            """;

    private static final String INSERT = """
            INSERT INTO hold_settlement (hold, id, transfer, account, amount, late, seller, seller_part, platform_part,
                reserve_part, split, split_version, body_digest)
            SELECT hold, id, transfer, account, amount, late, seller, seller_part, platform_part, reserve_part, split,
                split_version::integer, decode(digest, 'hex')
            FROM unnest(?::uuid[], ?::text[], ?::uuid[], ?::bigint[], ?::bigint[], ?::boolean[], ?::uuid[], ?::bigint[],
                        ?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::text[])
                AS x (hold, id, transfer, account, amount, late, seller, seller_part, platform_part, reserve_part, split,
                      split_version, digest)
            """;

    private final JdbcTemplate jdbc;

    PartStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Those of these that exist. */
    Map<Name, Settlement> find(Collection<Name> names) {
        var found = new HashMap<Name, Settlement>();
        jdbc.query(
                FIND,
                statement -> new Columns(statement)
                        .uuids(names, Name::hold)
                        .texts(names, Name::id)
                        .uuids(names, Name::hold)
                        .range(names.stream().map(Name::hold).toList()),
                row -> {
                    var settlement = settlement(row);
                    found.put(new Name(row.getObject(12, UUID.class), settlement.id()), settlement);
                });
        return found;
    }

    void insert(List<Part> parts) {
        int rows = jdbc.update(
                INSERT,
                statement -> new Columns(statement)
                        .uuids(parts, part -> part.hold().id())
                        .texts(parts, part -> part.settlement().id())
                        .uuids(parts, part -> part.settlement().transfer())
                        .longs(parts, part -> part.hold().account().value())
                        .longs(parts, part -> part.settlement().amount().micro())
                        .booleans(parts, part -> part.settlement().late())
                        .uuids(parts, part -> part.settlement().seller())
                        .longs(parts, part -> part.settlement().sellerPart().micro())
                        .longs(parts, part -> part.settlement().platformPart().micro())
                        .longs(parts, part -> part.settlement().reservePart().micro())
                        .texts(parts, part -> part.settlement().split())
                        .numbers(parts, part -> version(part.settlement()))
                        .texts(parts, part -> part.settlement().digest()));
        if (rows != parts.size()) {
            throw new BrokenRuleException("wrote " + rows + " of " + parts.size() + " settlements of holds");
        }
    }

    private static @Nullable Long version(Settlement settlement) {
        return settlement.splitVersion() == null
                ? null
                : settlement.splitVersion().longValue();
    }

    private static Settlement settlement(ResultSet row) throws SQLException {
        return new Settlement(
                row.getString(1),
                row.getObject(2, UUID.class),
                new Credits(row.getLong(3)),
                row.getBoolean(4),
                row.getObject(5, UUID.class),
                new Credits(row.getLong(6)),
                new Credits(row.getLong(7)),
                new Credits(row.getLong(8)),
                row.getString(9),
                row.getObject(10, Integer.class),
                row.getString(11));
    }
}
