package io.quotabank.ledger.entry;

import io.quotabank.contracts.entry.EntryRecord;
import io.quotabank.contracts.entry.EntryRecord.Side;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.account.Accounts.Named;
import io.quotabank.ledger.lock.Lock;
import io.quotabank.ledger.tail.Tail;
import io.quotabank.ledger.tail.Window;
import io.quotabank.platform.event.CloudEventRecords;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Publishes entries, but those of clearing accounts, which end each posting as empty as they began: one window of the
 * tail after the other, in order of their numbers within each account. The position moves on, in the books' own
 * database, once the broker has stored all of a window; whoever fails before that publishes the window again from its
 * start. One process publishes at a time, for as long as its transaction lives; one that is frozen loses it after ten
 * seconds, and what it may still send when it wakes was sent before.
 */
@Service
class Entries {

    private static final String ALONE = Lock.ENTRIES.tryToTake();

    private static final String POSITION = "SELECT cut FROM entry_position";

    private static final String ADVANCE = "UPDATE entry_position SET cut = ? WHERE cut = ?";

    // The view of entries would read each transfer twice. Clearing accounts are few and have half of the entries. Their
    // codes are a range of an index, in any usual order of letters; by kind alone all accounts would be read.
    private static final String ENTRIES = """
            SELECT e.account, e.seq, x.id, e.is_debit, x.type, x.amount, e.balance_after, x.reference, x.created_at
            FROM transfer x CROSS JOIN LATERAL (
                VALUES (x.debit, x.debit_seq, true, x.debit_after), (x.credit, x.credit_seq, false, x.credit_after)
            ) AS e (account, seq, is_debit, balance_after)
            WHERE %s AND e.account NOT IN (
                SELECT id FROM account WHERE code > 'clearing:' AND code < 'clearing:z' AND kind = 'clearing')
            ORDER BY e.account, e.seq
            """;

    /** An entry as it is read: of an account that is still a number. */
    private record Row(
            AccountId account,
            long seq,
            UUID transfer,
            Side side,
            String type,
            Credits amount,
            Credits balanceAfter,
            @Nullable UUID reference,
            long postedAtMs) {}

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Tail tail;
    private final Accounts accounts;
    private final EntryOutlet outlet;
    private final CloudEventRecords records;
    private final JsonMapper json;
    private final EntryProperties properties;

    Entries(
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions,
            Tail tail,
            Accounts accounts,
            EntryOutlet outlet,
            CloudEventRecords records,
            JsonMapper json,
            EntryProperties properties) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.tail = tail;
        this.accounts = accounts;
        this.outlet = outlet;
        this.records = records;
        this.json = json;
        this.properties = properties;
    }

    /** How many cuts were made whose entries are not published. */
    long behind() {
        return tail.newest() - position();
    }

    /**
     * Publishes the next window.
     *
     * @return how many entries; below zero where there is no window, or another process publishes
     */
    long publishNext() {
        var published = transaction.execute(status -> {
            if (!Boolean.TRUE.equals(jdbc.queryForObject(ALONE, Boolean.class))) {
                return -1L;
            }
            long position = position();
            var window = tail.window(position + 1);
            return window.isEmpty() ? -1L : publish(window.get(), position);
        });
        return published == null ? -1 : published;
    }

    private long publish(Window window, long position) {
        var sending = new Sending(outlet.producer(), properties.mostInFlight(), this::position);
        tail.read(window, ENTRIES, properties.longest(), Entries::row, rows -> send(rows, window, sending));
        long sent = sending.awaitAll();
        if (jdbc.update(ADVANCE, window.number(), position) != 1) {
            throw new IllegalStateException("the position of entries was moved by another");
        }
        return sent;
    }

    private long position() {
        var position = jdbc.queryForObject(POSITION, Long.class);
        if (position == null) {
            throw new IllegalStateException("entries have no position");
        }
        return position;
    }

    private void send(List<Row> rows, Window window, Sending sending) {
        var named = accounts.named(rows.stream().map(Row::account).collect(Collectors.toSet()));
        for (var row : rows) {
            var account = named.get(row.account());
            // Without a row, which only the tables' owner can take away, nobody knows whose entry it is.
            if (account != null) {
                sending.send(record(row, account, window));
            }
        }
    }

    private ProducerRecord<String, byte[]> record(Row row, Named account, Window window) {
        var entry = new EntryRecord(
                account.code(),
                account.person(),
                row.seq(),
                row.transfer(),
                row.side(),
                row.type(),
                row.amount(),
                row.balanceAfter(),
                row.reference(),
                row.postedAtMs(),
                window.number());
        return records.record(EntryRecord.TOPIC, entry.key(), EntryRecord.TYPE, json.writeValueAsBytes(entry));
    }

    private static Row row(ResultSet row, int index) throws SQLException {
        return new Row(
                new AccountId(row.getLong(1)),
                row.getLong(2),
                row.getObject(3, UUID.class),
                row.getBoolean(4) ? Side.DEBIT : Side.CREDIT,
                row.getString(5),
                new Credits(row.getLong(6)),
                new Credits(row.getLong(7)),
                row.getObject(8, UUID.class),
                row.getTimestamp(9).getTime());
    }
}
