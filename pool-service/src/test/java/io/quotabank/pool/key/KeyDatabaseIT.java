package io.quotabank.pool.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quotabank.pool.Depositor;
import io.quotabank.pool.Person;
import io.quotabank.pool.PoolTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** What the database refuses whatever the service's code may do. */
@PoolTest
class KeyDatabaseIT {

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private TransactionTemplate transactions;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE key_audit SET reason = 'nothing happened'",
                "DELETE FROM key_audit",
                "TRUNCATE key_audit",
                "UPDATE price_table SET valid_from = now()",
                "DELETE FROM price_model",
                "DELETE FROM pool_key",
                "DELETE FROM key_day",
                "DELETE FROM usage_request",
                "DROP TABLE key_audit",
                "CREATE TABLE mine (id int)",
                "INSERT INTO partitioned VALUES ('x', 'date', false)"
            })
    void theServicesOwnRoleCannot(String statement) {
        new Depositor(new Person(port)).key(null);
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> jdbc.sql(statement).update())
                .havingRootCause()
                .withMessageMatching("(?s).*(permission denied|must be owner).*");
    }

    @Test
    void theServicesOwnRoleCannotChangeAPartitionOfTheAuditEither() {
        new Depositor(new Person(port)).key(null);
        var partitions = jdbc.sql(
                        "SELECT inhrelid::regclass::text FROM pg_inherits" + " WHERE inhparent = 'key_audit'::regclass")
                .query(String.class)
                .list();
        assertThat(partitions).isNotEmpty();
        for (var partition : partitions) {
            for (var statement : List.of("UPDATE %s SET reason = 'x'", "DELETE FROM %s", "TRUNCATE %s")) {
                assertThatExceptionOfType(DataAccessException.class)
                        .isThrownBy(
                                () -> jdbc.sql(statement.formatted(partition)).update())
                        .havingRootCause()
                        .withMessageContaining("permission denied");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE pool_key SET state = 'paused', version = version + 1, changed_at = now() WHERE id = :id",
                "UPDATE pool_key SET state = 'paused' WHERE id = :id",
                "UPDATE pool_key SET version = version - 1 WHERE id = :id",
                "UPDATE pool_key SET kind = 'pool', version = version + 1 WHERE id = :id",
                "UPDATE pool_key SET priority = 7, version = version + 1 WHERE id = :id",
                "UPDATE pool_key SET owner_id = gen_random_uuid(), version = version + 1 WHERE id = :id",
                "UPDATE pool_key SET state = 'active', models = '{}', version = version + 1 WHERE id = :id",
                "UPDATE key_quota SET used_micro = -1 WHERE key_id = :id",
                "INSERT INTO key_secret (key_id, sealed, fingerprint) SELECT gen_random_uuid(), 'x',"
                        + " fingerprint FROM key_secret WHERE key_id = :id"
            })
    void theDatabaseRefuses(String statement) {
        var id = new Depositor(new Person(port)).key(null);
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> transactions.executeWithoutResult(
                        status -> jdbc.sql(statement).param("id", id).update()))
                .havingRootCause()
                .withMessageMatching("(?s).*(audit record|must rise|change hands|violates).*");
    }
}
