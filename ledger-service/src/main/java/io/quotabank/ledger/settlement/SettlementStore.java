package io.quotabank.ledger.settlement;

import io.quotabank.contracts.charge.LedgerCharges.Charge;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.batch.Copy;
import io.quotabank.ledger.batch.RoundTrip;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
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

    private static final String SETTLEMENT = """
            settlement (request, account, digest, cost, served, charge, loss, owners_part, platform_part,
                hold, key, owner, attempts, fundings, model, price_version, markup_bp, input_tokens, output_tokens,
                cache_read_tokens, cache_creation_tokens, reasoning_tokens, outcome, topic_partition, topic_offset)
            """;

    private static final String ATTEMPT =
            "settlement_attempt (request, position, key, owner, owner_bp, served, owner_part)";

    private static final String FUNDING = "settlement_funding (request, position, hold, at_most, charge)";

    private static final long BYTES_OF_KNOWN = 60;

    private final JdbcTemplate jdbc;

    SettlementStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Finds those of these requests that are settled. Complete under the locks of their buyers' accounts.
     *
     * @param reads the round trip in which they are read
     * @param found gets them, by request
     */
    void known(Collection<UUID> requests, RoundTrip reads, Map<UUID, Known> found) {
        reads.query(
                KNOWN,
                requests.size() * BYTES_OF_KNOWN,
                columns -> columns.uuids(requests, id -> id).range(requests),
                row -> {
                    found.put(
                            row.getObject(1, UUID.class),
                            new Known(new AccountId(row.getLong(2)), row.getObject(3, UUID.class)));
                });
    }

    /** What those of these requests were charged that are settled. */
    List<Charge> charges(Collection<UUID> requests) {
        return jdbc.query(
                CHARGES,
                statement -> new Columns(statement).uuids(requests, id -> id).range(requests),
                (row, index) -> new Charge(row.getObject(1, UUID.class), new Credits(row.getLong(2))));
    }

    void insert(List<Settled> settled) {
        write(SETTLEMENT, settled, SettlementStore::row);
        write(ATTEMPT, attempts(settled), SettlementStore::attemptRow);
        write(FUNDING, fundings(settled), SettlementStore::fundingRow);
    }

    private static void row(Settled settled, Copy row) {
        var usage = settled.usage();
        var event = usage.event();
        row.uuid(usage.request())
                .bigint(settled.buyer().value())
                .uuid(usage.digest())
                .bigint(event.cost().micro())
                .bigint(usage.served().micro())
                .bigint(settled.charge().micro())
                .bigint(settled.loss().micro())
                .bigint(usage.owners().micro())
                .bigint(usage.platformPart().micro())
                .uuid(firstHold(settled))
                .uuid(lastAttempt(settled, Attempt::keyId))
                .uuid(lastAttempt(settled, Attempt::ownerId))
                .smallint(event.attempts().size())
                .smallint(event.funding().size())
                .text(event.requestModel())
                .bigint(event.priceVersion())
                .integer(event.markupBasisPoints());
        tokens(event.tokens(), row);
        row.text(event.outcome().wire()).integer(usage.partition()).bigint(usage.offset());
    }

    private static void tokens(TokenUsage tokens, Copy row) {
        row.bigint(tokens.input())
                .bigint(tokens.output())
                .bigint(tokens.cacheRead())
                .bigint(tokens.cacheCreation())
                .bigint(tokens.reasoning());
    }

    private static void attemptRow(AttemptRow made, Copy row) {
        row.uuid(made.request())
                .smallint(made.position())
                .uuid(made.attempt().keyId())
                .uuid(made.attempt().ownerId())
                .integer(made.attempt().ownerBasisPoints())
                .bigint(made.attempt().served().micro())
                .bigint(made.part());
    }

    private static void fundingRow(FundingRow funding, Copy row) {
        row.uuid(funding.request())
                .smallint(funding.position())
                .uuid(funding.hold())
                .bigint(funding.atMost())
                .bigint(funding.charge());
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

    private <T> void write(String table, List<T> rows, BiConsumer<T, Copy> row) {
        long written = rows.isEmpty() ? 0 : Copy.write(jdbc, table, rows, row);
        if (written != rows.size()) {
            throw new BrokenRuleException("wrote " + written + " of " + rows.size() + " settlements");
        }
    }
}
