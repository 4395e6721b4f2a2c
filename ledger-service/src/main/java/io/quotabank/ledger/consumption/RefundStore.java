package io.quotabank.ledger.consumption;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Grants.Part;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Consumptions as they are given back, and the rows of that: written under the lock of the person's row. */
@Component
class RefundStore {

    /** @param given what it took of gifts, in the order in which they were spent */
    record Consumption(UUID id, AccountId account, Credits amount, String application, List<Part> given) {

        /** What gifts get back so that the rest is what a smaller consumption would have taken. */
        List<Part> back(Credits refunded) {
            var kept = amount.minus(refunded);
            var back = new ArrayList<Part>();
            for (var part : given) {
                var over = part.credits().minusOrZero(kept);
                kept = kept.minusOrZero(part.credits());
                if (!over.isZero()) {
                    back.add(new Part(part.lot(), over));
                }
            }
            return back;
        }
    }

    /** One that is booked. */
    record Booked(Refunds.Refund refund, Refunds.Refunded answer, Grants.Returned returned) {}

    // Bounds as well as the list: they let the planner's partitions be left out when it runs.
    private static final String FIND = """
            SELECT account, amount, application, lots, parts, id FROM consumption WHERE id = ANY(?) AND id BETWEEN ? AND ?
            """;

    private static final String REFUNDED =
            "SELECT consumption FROM consumption_refund WHERE consumption = ANY(?) AND consumption BETWEEN ? AND ?";

    private static final String INSERT = """
            INSERT INTO consumption_refund (consumption, transfer, amount, reason, to_lots, expired)
            SELECT * FROM unnest(?::uuid[], ?::uuid[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[])
            """;

    private final JdbcTemplate jdbc;

    RefundStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Those of these that exist. They never change. */
    Map<UUID, Consumption> consumptions(Collection<UUID> ids) {
        var found = new HashMap<UUID, Consumption>();
        jdbc.query(
                FIND, statement -> new Columns(statement).uuids(ids, id -> id).range(ids), row -> {
                    var consumption = consumption(row);
                    found.put(consumption.id(), consumption);
                });
        return found;
    }

    /** Those of these of which something was given back. */
    Set<UUID> refunded(Collection<UUID> consumptions) {
        var found = new HashSet<UUID>();
        jdbc.query(
                REFUNDED,
                statement ->
                        new Columns(statement).uuids(consumptions, id -> id).range(consumptions),
                row -> {
                    found.add(row.getObject(1, UUID.class));
                });
        return found;
    }

    void insert(List<Booked> booked) {
        int rows = jdbc.update(
                INSERT,
                statement -> new Columns(statement)
                        .uuids(booked, each -> each.refund().consumption())
                        .uuids(booked, each -> each.answer().id())
                        .longs(booked, each -> each.answer().refunded().micro())
                        .texts(booked, each -> each.refund().reason())
                        .longs(booked, each -> each.returned().toLots().micro())
                        .longs(booked, each -> each.returned().expired().micro()));
        if (rows != booked.size()) {
            throw new BrokenRuleException("wrote " + rows + " of " + booked.size() + " refunds");
        }
    }

    private static Consumption consumption(ResultSet row) throws SQLException {
        var given = new ArrayList<Part>();
        var lots = row.getArray(4);
        if (lots != null) {
            var ids = (UUID[]) lots.getArray();
            var parts = (Long[]) row.getArray(5).getArray();
            for (int i = 0; i < ids.length; i++) {
                given.add(new Part(ids[i], new Credits(parts[i])));
            }
        }
        return new Consumption(
                row.getObject(6, UUID.class),
                new AccountId(row.getLong(1)),
                new Credits(row.getLong(2)),
                row.getString(3),
                given);
    }
}
