package io.quotabank.ledger.settlement;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Corrections of settlements. They are rare: one statement each will do. */
@Repository
class CorrectionStore {

    private static final String PAID = """
            SELECT owner, sum(part)::bigint FROM (
                SELECT owner, owners_part AS part FROM settlement
                    WHERE request = :request AND attempts = 1 AND owner IS NOT NULL
                UNION ALL SELECT owner, owner_part FROM settlement_attempt
                    WHERE request = :request AND owner IS NOT NULL
                UNION ALL SELECT owner, part FROM settlement_correction_part WHERE request = :request)
            GROUP BY owner
            """;

    private static final String INSERT = """
            INSERT INTO settlement_correction (request, digest, account, cost, served, loss, owners_part, outcome,
                topic_partition, topic_offset)
            VALUES (:request, :digest, :account, :cost, :served, :extra, :extra, :outcome, :partition, :offset)
            ON CONFLICT (request, digest) DO NOTHING
            """;

    private static final String INSERT_PART = """
            INSERT INTO settlement_correction_part (request, digest, owner, part)
            VALUES (:request, :digest, :owner, :part)
            """;

    private final JdbcClient jdbc;

    CorrectionStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** What each owner has been given for a request so far. */
    Map<UUID, Credits> paid(UUID request) {
        var paid = new HashMap<UUID, Credits>();
        jdbc.sql(PAID).param("request", request).query(row -> {
            paid.put(row.getObject(1, UUID.class), new Credits(row.getLong(2)));
        });
        return paid;
    }

    /** @return false where this very record has been booked before */
    boolean insert(Usage usage, AccountId buyer, Map<UUID, Credits> extras, Credits extra) {
        int rows = jdbc.sql(INSERT)
                .param("request", usage.request())
                .param("digest", usage.digest())
                .param("account", buyer.value())
                .param("cost", usage.event().cost().micro())
                .param("served", usage.served().micro())
                .param("extra", extra.micro())
                .param("outcome", usage.event().outcome().wire())
                .param("partition", usage.partition())
                .param("offset", usage.offset())
                .update();
        if (rows == 0) {
            return false;
        }
        extras.forEach((owner, part) -> jdbc.sql(INSERT_PART)
                .param("request", usage.request())
                .param("digest", usage.digest())
                .param("owner", owner)
                .param("part", part.micro())
                .update());
        return true;
    }
}
