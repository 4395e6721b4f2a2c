package io.quotabank.ledger.seal;

import io.quotabank.ledger.tail.Tail;
import io.quotabank.ledger.tail.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The lines of a block, one per transfer, in their order. A line is at once what is hashed and what is exported. */
@Component
class SealedTransfers {

    static final String HEADER =
            "id,debit,credit,amount,debit_after,credit_after,debit_seq,credit_seq,type,reference,created_at_us\n";

    // Codes, not numbers: whose account it was is sealed as well.
    private static final String TRANSFERS = """
            SELECT x.id::text, coalesce(d.code, 'account:' || x.debit), coalesce(c.code, 'account:' || x.credit),
                   x.amount, x.debit_after, x.credit_after, x.debit_seq, x.credit_seq, x.type::text, x.reference::text,
                   (extract(epoch FROM x.created_at) * 1000000)::bigint
            FROM transfer x LEFT JOIN account d ON d.id = x.debit LEFT JOIN account c ON c.id = x.credit
            WHERE %s
            ORDER BY x.id, x.debit_seq, x.credit_seq
            """;

    private static final int COLUMNS = 11;

    private final Tail tail;

    SealedTransfers(Tail tail) {
        this.tail = tail;
    }

    /** Gives each line with its end; in the caller's transaction. */
    void lines(Window window, Duration atMost, Consumer<String> each) {
        tail.read(window, TRANSFERS, atMost, row -> each.accept(line(row)));
    }

    private static String line(ResultSet row) throws SQLException {
        var line = new StringBuilder(256);
        for (int column = 1; column <= COLUMNS; column++) {
            field(line, row.getString(column));
            line.append(column < COLUMNS ? ',' : '\n');
        }
        return line.toString();
    }

    // RFC 4180: what could be taken for a comma or an end of line is quoted.
    private static void field(StringBuilder line, @Nullable String text) {
        if (text == null) {
            return;
        }
        if (text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')) {
            line.append('"').append(text.replace("\"", "\"\"")).append('"');
        } else {
            line.append(text);
        }
    }
}
