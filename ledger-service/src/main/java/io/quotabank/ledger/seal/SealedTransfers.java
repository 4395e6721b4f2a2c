package io.quotabank.ledger.seal;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.account.Accounts.Named;
import io.quotabank.ledger.tail.Tail;
import io.quotabank.ledger.tail.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The lines of a block, one per transfer, in their order. A line is at once what is hashed and what is exported. */
@Component
class SealedTransfers {

    static final String HEADER =
            "id,debit,credit,amount,debit_after,credit_after,debit_seq,credit_seq,type,reference,created_at_us\n";

    private static final int AMOUNT = 4;
    private static final int CREDIT_SEQ = 8;

    private static final String TRANSFERS = """
            SELECT x.id, x.debit, x.credit, x.amount, x.debit_after, x.credit_after, x.debit_seq, x.credit_seq, x.type,
                   x.reference, x.created_at
            FROM transfer x
            WHERE %s
            ORDER BY x.id, x.debit_seq, x.credit_seq
            """;

    /** @param middle the fields from amount to credit_seq, with the commas between them */
    private record Row(
            UUID id,
            AccountId debit,
            AccountId credit,
            String middle,
            String type,
            @Nullable UUID reference,
            long createdAtUs) {}

    private final Tail tail;
    private final Accounts accounts;

    SealedTransfers(Tail tail, Accounts accounts) {
        this.tail = tail;
        this.accounts = accounts;
    }

    /** Gives each line with its end; in the caller's transaction. */
    void lines(Window window, Duration atMost, Consumer<String> each) {
        tail.read(window, TRANSFERS, atMost, SealedTransfers::row, rows -> lines(rows, each));
    }

    // Codes, not numbers: whose account it was is sealed as well. They are read from the table, and not remembered.
    // When a block is proven, a row that was changed would not show; when it is sealed, a row that is changed for a
    // while, and back, would leave no trace, and one remembered as it lied would spoil all blocks to come.
    private void lines(List<Row> rows, Consumer<String> each) {
        var ids = new HashSet<AccountId>(rows.size() * 2);
        for (var row : rows) {
            ids.add(row.debit());
            ids.add(row.credit());
        }
        var named = accounts.read(ids);
        for (var row : rows) {
            each.accept(line(row, code(named, row.debit()), code(named, row.credit())));
        }
    }

    private static String code(Map<AccountId, Named> named, AccountId id) {
        var account = named.get(id);
        return account == null ? "account:" + id.value() : account.code();
    }

    private static Row row(ResultSet row, int index) throws SQLException {
        var middle = new StringBuilder(64);
        for (int column = AMOUNT; column <= CREDIT_SEQ; column++) {
            middle.append(row.getLong(column)).append(column < CREDIT_SEQ ? "," : "");
        }
        return new Row(
                row.getObject(1, UUID.class),
                new AccountId(row.getLong(2)),
                new AccountId(row.getLong(3)),
                middle.toString(),
                row.getString(9),
                row.getObject(10, UUID.class),
                Block.micros(row.getTimestamp(11).toInstant()));
    }

    private static String line(Row row, String debit, String credit) {
        var line = new StringBuilder(256).append(row.id()).append(',');
        field(line, debit);
        line.append(',');
        field(line, credit);
        line.append(',').append(row.middle()).append(',');
        field(line, row.type());
        line.append(',');
        if (row.reference() != null) {
            line.append(row.reference());
        }
        return line.append(',').append(row.createdAtUs()).append('\n').toString();
    }

    // RFC 4180: what could be taken for a comma or an end of line is quoted.
    private static void field(StringBuilder line, String text) {
        if (isPlain(text)) {
            line.append(text);
        } else {
            line.append('"').append(text.replace("\"", "\"\"")).append('"');
        }
    }

    private static boolean isPlain(String text) {
        return text.indexOf(',') < 0 && text.indexOf('"') < 0 && text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
    }
}
