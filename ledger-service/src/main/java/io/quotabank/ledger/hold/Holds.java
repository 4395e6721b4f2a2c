package io.quotabank.ledger.hold;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.batch.RoundTrip;
import io.quotabank.ledger.cap.CapDay;
import io.quotabank.ledger.cap.Caps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * The rows of holds that are leases; those of applications and purchases, in the same table, are {@code escrow}'s, and
 * nothing here finds them: no usage is paid from them. A hold changes only under the lock of its account's row, which the
 * caller has, so its own row needs no lock; the caller also moves what is held on the account by the same amount.
 */
@Service
public class Holds {

    private static final String COLUMNS = """
            id, account, instance, recall_url, amount, settled, released, spent_told, in_flight_told, statement_seq,
            last, status, cap, cap_day, backed
            """;

    // Bounds as well as the list: they let the planner's partitions be left out when it runs.
    private static final String BY_IDS =
            "SELECT " + COLUMNS + " FROM hold WHERE id = ANY(?) AND id BETWEEN ? AND ?" + " AND kind = 'lease'";

    private static final String ACTIVE =
            "SELECT " + COLUMNS + " FROM hold WHERE account = ? AND status = 'active' AND kind = 'lease'";

    // Those that are found twice are the same.
    private static final String ACTIVE_AND = "SELECT " + COLUMNS
            + " FROM hold WHERE account = ANY(?) AND status = 'active' AND kind = 'lease'" + " UNION ALL " + BY_IDS;

    private static final String OPEN = """
            INSERT INTO hold (id, account, kind, instance, recall_url, amount, cap, cap_day, opened_uptime_ms)
            SELECT x.id, x.account, 'lease', x.instance, x.recall_url, x.amount, x.cap, x.cap_day, uptime.ms
            FROM unnest(?::uuid[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::uuid[], ?::date[])
                AS x (id, account, instance, recall_url, amount, cap, cap_day), uptime
            """;

    // What it was is compared, so that a change without the account's lock is caught by the count of rows. By the list
    // only these are read: by bounds alone it might be all that were opened between the first of them and the last.
    private static final String UPDATE = """
            UPDATE hold h SET settled = x.settled, released = x.released, spent_told = x.spent,
                in_flight_told = x.in_flight, statement_seq = x.seq, last = x.last, status = x.status, backed = x.backed
            FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::boolean[],
                        ?::text[], ?::bigint[], ?::bigint[])
                AS x (id, settled, released, spent, in_flight, seq, last, status, backed, left_before)
            WHERE h.id = x.id AND h.id = ANY(?) AND h.id BETWEEN ? AND ?
              AND h.amount - h.settled - h.released = x.left_before
            """;

    // The oldest first, each up to what it has left.
    private static final String BACK = """
            WITH open AS (
                SELECT h.id, x.amount, h.amount - h.settled - h.released - h.backed AS room,
                       sum(h.amount - h.settled - h.released - h.backed) OVER (PARTITION BY h.account ORDER BY h.id)
                           AS upto
                FROM hold h JOIN unnest(?::bigint[], ?::bigint[]) AS x (account, amount) ON x.account = h.account
                WHERE h.status = 'active'),
            given AS (
                SELECT id, least(room, amount - (upto - room))::bigint AS part FROM open
                WHERE room > 0 AND upto - room < amount),
            changed AS (
                UPDATE hold h SET backed = h.backed + given.part FROM given WHERE h.id = given.id RETURNING given.part)
            SELECT coalesce(sum(part), 0)::bigint FROM changed
            """;

    private static final String OLD = """
            SELECT id FROM hold
            WHERE status = 'active' AND opened_uptime_ms <= (SELECT ms FROM uptime) - ?
              AND (last AND in_flight_told = 0) = ?
            ORDER BY opened_uptime_ms LIMIT ?
            """;

    private static final String TOLD = """
            SELECT coalesce(sum(greatest(0, least(spent_told - settled, amount - settled - released))), 0)::bigint
            FROM hold WHERE account = ? AND status = 'active'
            """;

    // With the address for recalls.
    private static final long BYTES = 800;

    // An account may have any number of active holds: nothing goes along after them.
    private static final long ANY_NUMBER = Integer.MAX_VALUE;

    private final JdbcTemplate jdbc;
    private final Caps caps;

    Holds(JdbcTemplate jdbc, Caps caps) {
        this.jdbc = jdbc;
        this.caps = caps;
    }

    public Optional<Hold> find(UUID id) {
        return Optional.ofNullable(byIds(List.of(id)).get(id));
    }

    /** Those of these ids that exist. */
    public Map<UUID, Hold> byIds(Collection<UUID> ids) {
        var found = new HashMap<UUID, Hold>(ids.size() * 2);
        var reads = new RoundTrip();
        byIds(ids, reads, found);
        reads.run(jdbc);
        return found;
    }

    /**
     * Finds those of these ids that exist.
     *
     * @param reads the round trip in which they are read
     * @param found gets them, by id
     */
    public void byIds(Collection<UUID> ids, RoundTrip reads, Map<UUID, Hold> found) {
        if (ids.isEmpty()) {
            return;
        }
        reads.query(
                BY_IDS,
                ids.size() * BYTES,
                columns -> columns.uuids(ids, id -> id).range(ids),
                row -> {
                    var hold = hold(row);
                    found.put(hold.id(), hold);
                });
    }

    /** An account's active holds. */
    public List<Hold> active(AccountId account) {
        return jdbc.query(ACTIVE, (row, index) -> hold(row), account.value());
    }

    /**
     * Finds the active holds of accounts, and those of these ids that exist, whatever their state and account.
     *
     * @param reads the round trip in which they are read
     * @param found gets them, by id
     */
    public void activeAnd(
            Collection<AccountId> accounts, Collection<UUID> ids, RoundTrip reads, Map<UUID, Hold> found) {
        var numbers = accounts.stream().mapToLong(AccountId::value).distinct().toArray();
        reads.query(
                ACTIVE_AND,
                ANY_NUMBER,
                columns -> columns.longs(numbers).uuids(ids, id -> id).range(ids),
                row -> {
                    var hold = hold(row);
                    found.put(hold.id(), hold);
                });
    }

    /** @param writes the round trip in which they are written */
    @Transactional(propagation = Propagation.MANDATORY)
    public void open(List<Hold> holds, RoundTrip writes) {
        if (holds.isEmpty()) {
            return;
        }
        writes.update(
                OPEN,
                columns -> columns.uuids(holds, Hold::id)
                        .longs(holds, hold -> hold.account().value())
                        .texts(holds, Hold::instance)
                        .texts(holds, Hold::recallUrl)
                        .longs(holds, hold -> hold.amount().micro())
                        .uuids(
                                holds,
                                hold -> hold.capDay() == null
                                        ? null
                                        : hold.capDay().cap())
                        .dates(
                                holds,
                                hold -> hold.capDay() == null
                                        ? null
                                        : hold.capDay().day()),
                rows -> compare(holds.size(), rows));
    }

    /**
     * Writes changed holds, and, at once, what that means for the caps they count under.
     *
     * @param before each before the change, by id
     * @param writes the round trip in which they are written
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void update(Collection<Hold> changed, Function<UUID, Hold> before, RoundTrip writes) {
        if (changed.isEmpty()) {
            return;
        }
        var holds = List.copyOf(changed);
        writes.update(
                UPDATE,
                columns -> columns.uuids(holds, Hold::id)
                        .longs(holds, hold -> hold.settled().micro())
                        .longs(holds, hold -> hold.released().micro())
                        .longs(holds, hold -> hold.spentTold().micro())
                        .longs(holds, hold -> hold.inFlightTold().micro())
                        .longs(holds, Hold::statementSeq)
                        .booleans(holds, Hold::last)
                        .texts(holds, hold -> hold.status().wire())
                        .longs(holds, hold -> hold.backed().micro())
                        .longs(holds, hold -> before.apply(hold.id()).left().micro())
                        .uuids(holds, Hold::id)
                        .range(holds.stream().map(Hold::id).toList()),
                rows -> compare(holds.size(), rows));
        caps.move(moves(holds, before));
    }

    /**
     * Tells open holds what they have of grants that expire now.
     *
     * @param parts above zero, and no more than what an account's holds have left
     */
    @Transactional(propagation = Propagation.MANDATORY)
    public void back(Map<AccountId, Credits> parts) {
        if (parts.isEmpty()) {
            return;
        }
        var accounts = List.copyOf(parts.entrySet());
        var sum = accounts.stream().mapToLong(part -> part.getValue().micro()).sum();
        jdbc.query(
                BACK,
                statement -> new Columns(statement)
                        .longs(accounts, part -> part.getKey().value())
                        .longs(accounts, part -> part.getValue().micro()),
                row -> {
                    if (row.getLong(1) != sum) {
                        throw new BrokenRuleException("holds took " + row.getLong(1) + " of " + sum);
                    }
                });
    }

    private static List<Caps.Move> moves(List<Hold> changed, Function<UUID, Hold> before) {
        var moves = new ArrayList<Caps.Move>(0);
        for (var hold : changed) {
            var day = hold.capDay();
            if (day != null) {
                var was = before.apply(hold.id());
                moves.add(new Caps.Move(
                        day, was.left().minus(hold.left()), hold.settled().minus(was.settled())));
            }
        }
        return moves;
    }

    /** Active holds that have waited this long, in the ledger's uptime, for their holder to state an end. */
    public List<UUID> overdue(Duration silence, int most) {
        return jdbc.queryForList(OLD, UUID.class, silence.toMillis(), false, most);
    }

    /** Active holds that nothing but the events of told spending has kept open for so long, in the ledger's uptime. */
    public List<UUID> unsettled(Duration age, int most) {
        return jdbc.queryForList(OLD, UUID.class, age.toMillis(), true, most);
    }

    /** What closed requests have taken from an account's active holds by their holders' word, and what is not posted yet. */
    public Credits toldUnsettled(AccountId account) {
        var sum = jdbc.queryForObject(TOLD, Long.class, account.value());
        return new Credits(sum == null ? 0 : sum);
    }

    private static Hold hold(ResultSet row) throws SQLException {
        return new Hold(
                row.getObject(1, UUID.class),
                new AccountId(row.getLong(2)),
                row.getString(3),
                row.getString(4),
                new Credits(row.getLong(5)),
                new Credits(row.getLong(6)),
                new Credits(row.getLong(7)),
                new Credits(row.getLong(8)),
                new Credits(row.getLong(9)),
                row.getLong(10),
                row.getBoolean(11),
                Hold.Status.of(row.getString(12)),
                capDay(row.getObject(13, UUID.class), row.getObject(14, LocalDate.class)),
                new Credits(row.getLong(15)));
    }

    private static @Nullable CapDay capDay(@Nullable UUID cap, @Nullable LocalDate day) {
        return cap == null || day == null ? null : new CapDay(cap, day);
    }

    private static void compare(int expected, int written) {
        if (expected != written) {
            throw new BrokenRuleException("wrote " + written + " of " + expected + " holds");
        }
    }
}
