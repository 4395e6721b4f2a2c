package io.quotabank.ledger.escrow;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.escrow.Escrow.Kind;
import io.quotabank.ledger.escrow.Openings.Asked;
import io.quotabank.ledger.hold.Hold.Status;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The rows of holds that are no leases. They change only under the lock of the account's row, which the caller has, so they
 * need no lock of their own.
 */
@Component
class EscrowStore {

    /** @param now by the database's clock, which alone tells whether a hold's time is over */
    record Seen(Escrow hold, Instant now) {}

    /** @param account of the hold, whose row is locked */
    record Due(UUID id, AccountId account) {}

    /** Which holds to list, newest first; null leaves a filter out. */
    record Filter(
            @Nullable AccountId account,
            @Nullable String application,
            @Nullable Status status,
            @Nullable UUID before,
            int limit) {

        String sql() {
            return COLUMNS + " WHERE h.kind <> 'lease'"
                    + (account == null ? "" : " AND h.account = ?")
                    + (application == null ? "" : " AND h.application = ?")
                    // A constant, so that the index of active ones can be told to fit.
                    + (status == null ? "" : " AND h.status = '" + status.wire() + "'")
                    + (before == null ? "" : " AND h.id < ?")
                    + " ORDER BY h.id DESC LIMIT ?";
        }

        /** In the order of the statement's parameters. */
        Object[] values() {
            return Stream.of(account == null ? null : account.value(), application, before, limit)
                    .filter(Objects::nonNull)
                    .toArray();
        }
    }

    private static final String COLUMNS = """
            SELECT h.id, h.account, a.person, h.kind, h.application, h.description, h.reference, h.amount, h.settled,
                   h.released, h.settled_late, h.status, h.opened_at, h.expires_at, h.backed,
                   clock_timestamp()
            FROM hold h JOIN account a ON a.id = h.account
            """;

    private static final String BY_ID = COLUMNS + " WHERE h.id = :id AND h.kind <> 'lease'";

    private static final String BY_IDS =
            COLUMNS + " WHERE h.id = ANY(?) AND h.id BETWEEN ? AND ? AND h.kind <> 'lease'";

    private static final String OPEN = """
            INSERT INTO hold (id, account, kind, application, description, reference, amount, opened_at, expires_at)
            SELECT id, account, kind, application, description, reference, amount, now(),
                now() + lives * interval '1 second'
            FROM unnest(?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[])
                AS x (id, account, kind, application, description, reference, amount, lives)
            RETURNING id, opened_at, expires_at
            """;

    // What was left is compared, so that a change without the account's lock is caught by the count of rows.
    private static final String UPDATE = """
            UPDATE hold h SET settled = x.settled, released = x.released, settled_late = x.late, status = x.status,
                backed = x.backed
            FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[],
                        ?::bigint[])
                AS x (id, settled, released, late, status, backed, left_before)
            WHERE h.id = x.id AND h.id = ANY(?) AND h.id BETWEEN ? AND ?
              AND h.amount - h.settled - h.released = x.left_before
            """;

    private static final String EXTEND = """
            UPDATE hold SET amount = :amount, expires_at = :expires
            WHERE id = :id AND status = 'active' AND amount - settled - released = :left
            """;

    // Locks accounts, as everything does that changes a hold, and waits for none: what another process has locked is
    // its to expire, or is looked at again with the next sweep.
    private static final String DUE = """
            SELECT h.id, h.account FROM hold h JOIN account a ON a.id = h.account
            WHERE h.status = 'active' AND h.expires_at <= now()
            ORDER BY h.expires_at LIMIT :most
            FOR NO KEY UPDATE OF a SKIP LOCKED
            """;

    private final JdbcClient jdbc;
    private final JdbcTemplate arrays;

    EscrowStore(JdbcClient jdbc, JdbcTemplate arrays) {
        this.jdbc = jdbc;
        this.arrays = arrays;
    }

    Optional<Seen> find(UUID id) {
        return jdbc.sql(BY_ID).param("id", id).query((row, index) -> seen(row)).optional();
    }

    /** Those of these that exist. */
    Map<UUID, Seen> byIds(Collection<UUID> ids) {
        var found = new HashMap<UUID, Seen>();
        arrays.query(
                BY_IDS, statement -> new Columns(statement).uuids(ids, id -> id).range(ids), row -> {
                    var seen = seen(row);
                    found.put(seen.hold().id(), seen);
                });
        return found;
    }

    List<Escrow> list(Filter filter) {
        return arrays.query(filter.sql(), (row, index) -> seen(row).hold(), filter.values());
    }

    /** The holds in their order, with the database's times. */
    List<Escrow> open(List<Asked> asked) {
        var byId = asked.stream().collect(Collectors.toMap(Asked::id, each -> each));
        var opened = new HashMap<UUID, Escrow>();
        arrays.query(
                OPEN,
                statement -> new Columns(statement)
                        .uuids(asked, Asked::id)
                        .longs(asked, each -> each.account().value())
                        .texts(asked, each -> each.open().kind().wire())
                        .texts(asked, Asked::application)
                        .texts(asked, each -> each.open().description())
                        .texts(asked, each -> each.open().reference())
                        .longs(asked, each -> each.open().amount().micro())
                        .longs(asked, each -> each.lives().toSeconds()),
                row -> {
                    var id = row.getObject(1, UUID.class);
                    opened.put(id, opened(Objects.requireNonNull(byId.get(id)), instant(row, 2), instant(row, 3)));
                });
        compare(asked.size(), opened.size());
        return asked.stream()
                .map(each -> Objects.requireNonNull(opened.get(each.id())))
                .toList();
    }

    private static Escrow opened(Asked asked, Instant openedAt, Instant expiresAt) {
        var open = asked.open();
        return new Escrow(
                asked.id(),
                asked.account(),
                open.userId(),
                open.kind(),
                asked.application(),
                open.description(),
                open.reference(),
                open.amount(),
                Credits.ZERO,
                Credits.ZERO,
                Credits.ZERO,
                Status.ACTIVE,
                openedAt,
                expiresAt,
                Credits.ZERO);
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }

    /** Writes what was settled, released and ended. */
    void update(List<Escrow> before, List<Escrow> after) {
        int rows = arrays.update(
                UPDATE,
                statement -> new Columns(statement)
                        .uuids(after, Escrow::id)
                        .longs(after, hold -> hold.settled().micro())
                        .longs(after, hold -> hold.released().micro())
                        .longs(after, hold -> hold.settledLate().micro())
                        .texts(after, hold -> hold.status().wire())
                        .longs(after, hold -> hold.backed().micro())
                        .longs(before, hold -> hold.left().micro())
                        .uuids(after, Escrow::id)
                        .range(after.stream().map(Escrow::id).toList()));
        compare(after.size(), rows);
    }

    void extend(Escrow before, Escrow after) {
        int rows = jdbc.sql(EXTEND)
                .param("amount", after.amount().micro())
                .param("expires", Timestamp.from(after.expiresAt()))
                .param("id", after.id())
                .param("left", before.left().micro())
                .update();
        compare(1, rows);
    }

    /** Active holds whose time is over; the rows of their accounts are locked until the transaction ends. */
    List<Due> lockDue(int most) {
        return jdbc.sql(DUE)
                .param("most", most)
                .query((row, index) -> new Due(row.getObject(1, UUID.class), new AccountId(row.getLong(2))))
                .list();
    }

    private static Seen seen(ResultSet row) throws SQLException {
        var hold = new Escrow(
                row.getObject(1, UUID.class),
                new AccountId(row.getLong(2)),
                row.getObject(3, UUID.class),
                Kind.of(row.getString(4)),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                new Credits(row.getLong(8)),
                new Credits(row.getLong(9)),
                new Credits(row.getLong(10)),
                new Credits(row.getLong(11)),
                Status.of(row.getString(12)),
                instant(row, 13),
                instant(row, 14),
                new Credits(row.getLong(15)));
        return new Seen(hold, instant(row, 16));
    }

    private static void compare(int expected, int written) {
        if (expected != written) {
            throw new BrokenRuleException("wrote " + written + " of " + expected + " holds");
        }
    }
}
