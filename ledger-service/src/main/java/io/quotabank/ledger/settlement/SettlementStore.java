package io.quotabank.ledger.settlement;

import io.quotabank.contracts.charge.LedgerCharges.Charge;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.Columns;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The settlements of requests: written once, never changed. */
@Repository
class SettlementStore {

    /** What is kept of a request that was settled before. */
    record Known(AccountId buyer, UUID digest) {}

    private record AttemptRow(UUID request, int position, Attempt attempt, long part) {}

    private record FundingRow(UUID request, int position, UUID hold, long atMost, long charge) {}

    private static final String KNOWN =
            "SELECT request, account, digest FROM settlement WHERE request = ANY(?) AND request BETWEEN ? AND ?";

    private static final String CHARGES =
            "SELECT request, charge FROM settlement WHERE request = ANY(?) AND request BETWEEN ? AND ?";

    private static final String INSERT = """
            INSERT INTO settlement (request, account, digest, cost, served, charge, loss, owners_part, platform_part,
                hold, key, owner, attempts, fundings, model, price_version, markup_bp, input_tokens, output_tokens,
                cache_read_tokens, cache_creation_tokens, reasoning_tokens, outcome, topic_partition, topic_offset)
            SELECT * FROM unnest(?::uuid[], ?::bigint[], ?::uuid[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
                ?::bigint[], ?::bigint[], ?::uuid[], ?::uuid[], ?::uuid[], ?::smallint[], ?::smallint[], ?::text[],
                ?::bigint[], ?::integer[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[],
                ?::integer[], ?::bigint[])
            """;

    private static final String INSERT_ATTEMPTS = """
            INSERT INTO settlement_attempt (request, position, key, owner, owner_bp, served, owner_part)
            SELECT * FROM unnest(?::uuid[], ?::smallint[], ?::uuid[], ?::uuid[], ?::integer[], ?::bigint[], ?::bigint[])
            """;

    private static final String INSERT_FUNDINGS = """
            INSERT INTO settlement_funding (request, position, hold, at_most, charge)
            SELECT * FROM unnest(?::uuid[], ?::smallint[], ?::uuid[], ?::bigint[], ?::bigint[])
            """;

    private final JdbcTemplate jdbc;

    SettlementStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Those of these requests that are settled. Complete under the locks of their buyers' accounts. */
    Map<UUID, Known> known(Collection<UUID> requests) {
        var found = new HashMap<UUID, Known>();
        jdbc.query(
                KNOWN,
                statement -> new Columns(statement).uuids(requests, id -> id).range(requests),
                row -> {
                    found.put(
                            row.getObject(1, UUID.class),
                            new Known(new AccountId(row.getLong(2)), row.getObject(3, UUID.class)));
                });
        return found;
    }

    /** What those of these requests were charged that are settled. */
    List<Charge> charges(Collection<UUID> requests) {
        return jdbc.query(
                CHARGES,
                statement -> new Columns(statement).uuids(requests, id -> id).range(requests),
                (row, index) -> new Charge(row.getObject(1, UUID.class), new Credits(row.getLong(2))));
    }

    void insert(List<Settled> settled) {
        write(INSERT, settled.size(), columns -> {
            rows(columns, settled);
            details(columns, settled);
        });
        var attempts = attempts(settled);
        if (!attempts.isEmpty()) {
            write(INSERT_ATTEMPTS, attempts.size(), columns -> attemptRows(columns, attempts));
        }
        var fundings = fundings(settled);
        if (!fundings.isEmpty()) {
            write(INSERT_FUNDINGS, fundings.size(), columns -> fundingRows(columns, fundings));
        }
    }

    private static void rows(Columns columns, List<Settled> settled) throws SQLException {
        columns.uuids(settled, row -> row.usage().request());
        columns.longs(settled, row -> row.buyer().value());
        columns.uuids(settled, row -> row.usage().digest());
        columns.longs(settled, row -> row.usage().event().cost().micro());
        columns.longs(settled, row -> row.usage().served().micro());
        columns.longs(settled, row -> row.charge().micro());
        columns.longs(settled, row -> row.loss().micro());
        columns.longs(settled, row -> row.usage().owners().micro());
        columns.longs(settled, row -> row.usage().platformPart().micro());
        columns.uuids(settled, SettlementStore::firstHold);
        columns.uuids(settled, row -> lastAttempt(row, Attempt::keyId));
        columns.uuids(settled, row -> lastAttempt(row, Attempt::ownerId));
    }

    private static void details(Columns columns, List<Settled> settled) throws SQLException {
        columns.longs(settled, row -> row.usage().event().attempts().size());
        columns.longs(settled, row -> row.usage().event().funding().size());
        columns.texts(settled, row -> row.usage().event().requestModel());
        columns.longs(settled, row -> row.usage().event().priceVersion());
        columns.longs(settled, row -> row.usage().event().markupBasisPoints());
        columns.longs(settled, row -> row.usage().event().tokens().input());
        columns.longs(settled, row -> row.usage().event().tokens().output());
        columns.longs(settled, row -> row.usage().event().tokens().cacheRead());
        columns.longs(settled, row -> row.usage().event().tokens().cacheCreation());
        columns.longs(settled, row -> row.usage().event().tokens().reasoning());
        columns.texts(settled, row -> row.usage().event().outcome().wire());
        columns.longs(settled, row -> row.usage().partition());
        columns.longs(settled, row -> row.usage().offset());
    }

    private static void attemptRows(Columns columns, List<AttemptRow> attempts) throws SQLException {
        columns.uuids(attempts, AttemptRow::request);
        columns.longs(attempts, AttemptRow::position);
        columns.uuids(attempts, row -> row.attempt().keyId());
        columns.uuids(attempts, row -> row.attempt().ownerId());
        columns.longs(attempts, row -> row.attempt().ownerBasisPoints());
        columns.longs(attempts, row -> row.attempt().served().micro());
        columns.longs(attempts, AttemptRow::part);
    }

    private static void fundingRows(Columns columns, List<FundingRow> fundings) throws SQLException {
        columns.uuids(fundings, FundingRow::request);
        columns.longs(fundings, FundingRow::position);
        columns.uuids(fundings, FundingRow::hold);
        columns.longs(fundings, FundingRow::atMost);
        columns.longs(fundings, FundingRow::charge);
    }

    private static List<AttemptRow> attempts(List<Settled> settled) {
        var rows = new ArrayList<AttemptRow>();
        for (var row : settled) {
            var attempts = row.usage().event().attempts();
            for (int i = 0; attempts.size() > 1 && i < attempts.size(); i++) {
                var part = row.usage().ownerParts().get(i).micro();
                rows.add(new AttemptRow(row.usage().request(), i, attempts.get(i), part));
            }
        }
        return rows;
    }

    private static List<FundingRow> fundings(List<Settled> settled) {
        var rows = new ArrayList<FundingRow>();
        for (var row : settled) {
            var fundings = row.usage().event().funding();
            for (int i = 0; fundings.size() > 1 && i < fundings.size(); i++) {
                var funding = fundings.get(i);
                rows.add(new FundingRow(
                        row.usage().request(),
                        i,
                        funding.hold(),
                        funding.atMost().micro(),
                        row.charges().get(i).micro()));
            }
        }
        return rows;
    }

    private static @Nullable UUID firstHold(Settled row) {
        var fundings = row.usage().event().funding();
        return fundings.isEmpty() ? null : fundings.getFirst().hold();
    }

    private static @Nullable UUID lastAttempt(Settled row, Function<Attempt, @Nullable UUID> value) {
        var attempts = row.usage().event().attempts();
        return attempts.isEmpty() ? null : value.apply(attempts.getLast());
    }

    private interface Rows {
        void into(Columns columns) throws SQLException;
    }

    private void write(String sql, int expected, Rows rows) {
        int written = jdbc.update(sql, statement -> rows.into(new Columns(statement)));
        if (written != expected) {
            throw new BrokenRuleException("wrote " + written + " of " + expected + " settlements");
        }
    }
}
