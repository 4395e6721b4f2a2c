package io.quotabank.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTests {

    /** A server that only reads, a transaction ended as its process stood still, a lock that others kept; then others. */
    @ParameterizedTest
    @CsvSource({
        "25006, service_unavailable",
        "25P03, service_unavailable",
        "55P03, service_unavailable",
        "22003, malformed_request",
        "23514, internal_error",
        "42P01, internal_error"
    })
    void whatADatabaseSaysIsToldByItsState(String state, String code) {
        var thrown = new IllegalStateException(new SQLException("secret", state));
        assertThat(Faults.codeFor(thrown)).isEqualTo(code);
    }
}
