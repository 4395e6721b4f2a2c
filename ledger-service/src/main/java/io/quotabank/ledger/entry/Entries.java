package io.quotabank.ledger.entry;

import io.quotabank.contracts.entry.EntryRecord;
import io.quotabank.contracts.entry.EntryRecord.Side;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.lock.Lock;
import io.quotabank.ledger.tail.Tail;
import io.quotabank.ledger.tail.Window;
import io.quotabank.platform.event.CloudEventRecords;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Publishes entries, but those of clearing accounts, which end each posting as empty as they began: one window of the tail after the other, in order of their numbers within each account. The position
 * moves on, in the books' own database, once the broker has stored all of a window; whoever fails before that publishes
 * the window again from its start. One process publishes at a time, for as long as its transaction lives; one that is
 * frozen loses it after ten seconds, and what it may still send when it wakes was sent before.
 */
@Service
class Entries {

    private static final String ALONE = Lock.ENTRIES.tryToTake();

    private static final String POSITION = "SELECT cut FROM entry_position";

    private static final String ADVANCE = "UPDATE entry_position SET cut = ? WHERE cut = ?";

    private static final String ENTRIES = """
            SELECT a.code, a.person, x.seq, x.transfer, x.side, x.type, x.amount, x.balance_after, x.reference,
                   x.created_at
            FROM entry x JOIN account a ON a.id = x.account AND a.kind <> 'clearing'
            WHERE %s
            ORDER BY x.account, x.seq
            """;

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Tail tail;
    private final EntryOutlet outlet;
    private final CloudEventRecords records;
    private final JsonMapper json;
    private final EntryProperties properties;

    Entries(
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions,
            Tail tail,
            EntryOutlet outlet,
            CloudEventRecords records,
            JsonMapper json,
            EntryProperties properties) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.tail = tail;
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
        tail.read(window, ENTRIES, properties.longest(), row -> sending.send(record(row, window)));
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

    private ProducerRecord<String, byte[]> record(ResultSet row, Window window) throws SQLException {
        var entry = new EntryRecord(
                row.getString(1),
                row.getObject(2, UUID.class),
                row.getLong(3),
                row.getObject(4, UUID.class),
                row.getString(5).equals("debit") ? Side.DEBIT : Side.CREDIT,
                row.getString(6),
                new Credits(row.getLong(7)),
                new Credits(row.getLong(8)),
                row.getObject(9, UUID.class),
                row.getTimestamp(10).toInstant().toEpochMilli(),
                window.number());
        return records.record(EntryRecord.TOPIC, entry.key(), EntryRecord.TYPE, json.writeValueAsBytes(entry));
    }
}
