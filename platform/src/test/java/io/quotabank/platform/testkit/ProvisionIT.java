package io.quotabank.platform.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.quotabank.platform.testkit.TestPostgres.Database;
import io.quotabank.platform.testkit.TestPostgres.Role;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvisionIT {

    private static final String DENIED = "42501";

    private static Database database;

    @BeforeAll
    static void provision() throws SQLException {
        database = TestPostgres.fresh("provision");
        run(database.owner(), "CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, name text)");
    }

    @Test
    void letsTheServiceWorkWithRows() throws SQLException {
        run(database.service(), "INSERT INTO thing (name) VALUES ('a')");
        run(database.service(), "UPDATE thing SET name = 'b'");
        run(database.service(), "DELETE FROM thing");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE other (id bigint)",
                "DROP TABLE thing",
                "ALTER TABLE thing ADD COLUMN more text",
                "TRUNCATE thing",
                "CREATE ROLE another",
                "SET ROLE postgres"
            })
    void keepsTheServiceFromChangingTheSchema(String sql) {
        assertDenied(database.service(), sql);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO thing (name) VALUES ('a')",
                "UPDATE thing SET name = 'b'",
                "DELETE FROM thing",
                "CREATE TABLE other (id bigint)"
            })
    void letsTheReaderOnlyRead(String sql) throws SQLException {
        run(database.reader(), "SELECT * FROM thing");
        assertDenied(database.reader(), sql);
    }

    @Test
    void keepsOtherServicesOut() {
        var other = TestPostgres.fresh("other");
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> database.connect(other.service()).close())
                .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo(DENIED));
    }

    private static void assertDenied(Role role, String sql) {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> run(role, sql))
                .satisfies(refused -> assertThat(refused.getSQLState()).isEqualTo(DENIED));
    }

    private static void run(Role role, String sql) throws SQLException {
        try (var connection = database.connect(role);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
