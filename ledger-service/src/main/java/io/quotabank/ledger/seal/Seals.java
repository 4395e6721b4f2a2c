package io.quotabank.ledger.seal;

import io.quotabank.ledger.lock.Lock;
import io.quotabank.ledger.tail.Tail;
import io.quotabank.ledger.tail.Window;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Seals the tail's windows, each into a block that has the hash of the one before, long after the transfers were posted
 * and on no request's path. One process seals at a time; blocks are never changed.
 */
@Service
public class Seals {

    private static final String ALONE = Lock.SEAL.tryToTake();

    private static final String BLOCKS = """
            SELECT number, previous, hash, transfers, (extract(epoch FROM made_at) * 1000000)::bigint FROM seal_block
            """;

    // Intervals are by the clock, so that every process finds the same blocks.
    private static final String LAST_OF_EACH_INTERVAL = """
            WHERE number IN (
                SELECT max(number)
                FROM (SELECT number, date_bin(make_interval(secs => ?), sealed_at, 'epoch') AS began
                      FROM seal_block WHERE number BETWEEN ? AND ? ORDER BY number DESC LIMIT ?) AS recent
                GROUP BY began HAVING min(number) > ? AND max(number) < ?
                ORDER BY began DESC LIMIT ?)
            ORDER BY number
            """;

    // A day of them, where something is posted each second.
    private static final int LOOKED_BACK = 100_000;

    private static final String DETACHED = "SELECT first, last FROM detached_block WHERE last >= ? ORDER BY first";

    private static final String SEAL = """
            INSERT INTO seal_block (number, previous, hash, transfers, made_at)
            SELECT number, ?, ?, ?, made_at FROM transfer_cut WHERE number = ?
            """;

    /** Blocks that follow each other, first and last included. */
    private record Run(long first, long last) {}

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Tail tail;
    private final SealedTransfers transfers;
    private final SealProperties properties;

    Seals(
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions,
            Tail tail,
            SealedTransfers transfers,
            SealProperties properties) {
        this.jdbc = jdbc;
        this.transaction = new TransactionTemplate(transactions);
        this.tail = tail;
        this.transfers = transfers;
        this.properties = properties;
    }

    /** The newest block; empty before the first. */
    Optional<Block> head() {
        return find(BLOCKS + "ORDER BY number DESC LIMIT 1");
    }

    Optional<Block> block(long number) {
        return find(BLOCKS + "WHERE number = ?", number);
    }

    /** Blocks from a number on, at most as many as are told at once. */
    List<Block> blocks(long from, long to) {
        return jdbc.query(
                BLOCKS + "WHERE number BETWEEN ? AND ? ORDER BY number LIMIT ?",
                (row, index) -> block(row),
                from,
                to,
                properties.mostBlocks());
    }

    /**
     * Blocks that would have been anchored as heads: the last of each {@code quotabank.seal.anchor-every} that lies
     * between two blocks, lowest first. Where there are more than wanted, or more than a day's, the latest.
     *
     * @param after the highest block that is anchored; -1 where none is
     * @param before one that will be
     */
    List<Block> missedHeads(long after, long before, int atMost) {
        return jdbc.query(
                BLOCKS + LAST_OF_EACH_INTERVAL,
                (row, index) -> block(row),
                properties.anchorEvery().toMillis() / 1e3,
                after,
                before,
                LOOKED_BACK,
                after,
                before,
                atMost);
    }

    private Optional<Block> find(String sql, Object... values) {
        return jdbc.query(sql, (row, index) -> block(row), values).stream().findFirst();
    }

    /** Seals the next window; false where there is none, or another process seals. */
    boolean sealNext() {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            if (!Boolean.TRUE.equals(jdbc.queryForObject(ALONE, Boolean.class))) {
                return false;
            }
            var head = head();
            var window = tail.window(head.map(block -> block.number() + 1).orElse(0L));
            window.ifPresent(next -> seal(next, head.map(Block::hash).orElse(Block.NONE)));
            return window.isPresent();
        }));
    }

    private void seal(Window window, String previous) {
        var hash = new BlockHash(window.number(), previous, Block.micros(window.madeAt()));
        transfers.lines(window, properties.longest(), hash::add);
        var hex = HexFormat.of();
        jdbc.update(SEAL, hex.parseHex(previous), hex.parseHex(hash.end()), hash.lines(), window.number());
    }

    /** Gives the lines of a block's transfers as they are now, after their header. */
    void export(long number, Consumer<String> each) {
        var window = tail.window(number).orElseThrow();
        each.accept(SealedTransfers.HEADER);
        transaction.executeWithoutResult(status -> transfers.lines(window, properties.longest(), each));
    }

    /**
     * Computes blocks anew from the transfers.
     *
     * @param upTo the newest block there is; -1 where there is none
     * @param checked how many blocks
     * @param wrong what is wrong with some of them
     */
    public record Check(long upTo, long checked, List<String> wrong) {
        public Check {
            wrong = List.copyOf(wrong);
        }
    }

    /** Of the blocks from a number on, but for those that had transfers of a detached month: those need its export. */
    public Check check(long from) {
        long upTo = head().map(Block::number).orElse(-1L);
        var wrong = new ArrayList<String>();
        long checked = 0;
        long next = from;
        for (var gone : detached(from)) {
            checked += check(next, Math.min(gone.first() - 1, upTo), wrong);
            next = Math.max(next, gone.last() + 1);
        }
        checked += check(next, upTo, wrong);
        return new Check(upTo, checked, wrong);
    }

    /** Runs of two months may overlap: transfers of both are in the blocks between them. */
    private List<Run> detached(long from) {
        return jdbc.query(DETACHED, (row, index) -> new Run(row.getLong(1), row.getLong(2)), from);
    }

    private long check(long from, long to, List<String> wrong) {
        for (long number = from; number <= to; number++) {
            if (!isAsSealed(number)) {
                wrong.add("block " + number + " is not as it was sealed");
            }
        }
        return Math.max(0, to - from + 1);
    }

    private boolean isAsSealed(long number) {
        var block = block(number);
        var previous = number == 0 ? Optional.of(Block.NONE) : block(number - 1).map(Block::hash);
        if (block.isEmpty() || !previous.equals(block.map(Block::previous))) {
            return false;
        }
        var window = tail.window(number).orElseThrow();
        var hash = new BlockHash(number, previous.get(), Block.micros(window.madeAt()));
        transaction.executeWithoutResult(status -> transfers.lines(window, properties.longest(), hash::add));
        return hash.end().equals(block.get().hash());
    }

    private static Block block(ResultSet row) throws SQLException {
        var hex = HexFormat.of();
        return new Block(
                row.getLong(1),
                hex.formatHex(row.getBytes(2)),
                hex.formatHex(row.getBytes(3)),
                row.getLong(4),
                row.getLong(5));
    }
}
