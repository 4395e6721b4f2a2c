package io.quotabank.ledger.grant;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** Rows of gifts to which something comes back, or which are taken back; their account's row is locked. */
@Repository
class LotReturnStore {

    /**
     * @param revoked what went with the recharge that brought it; null while it stands
     * @param claimed what was spent of it and then asked back
     * @param spent what was charged of it, in all
     */
    record Standing(Lot lot, @Nullable Credits revoked, Credits claimed, Credits spent) {}

    private static final String FIND = """
            SELECT transfer, account, origin, amount - gone, expires_at, revoked, claimed, gone - ended FROM credit_grant
            WHERE %s = ?
            """;

    private static final String BY_ID = FIND.formatted("transfer");
    private static final String BY_KEY = FIND.formatted("key");

    private static final String GIVE_BACK =
            "UPDATE credit_grant SET gone = gone - ?, returned = returned + ? WHERE transfer = ?";

    // It stays gone. Where the gift was taken back, this comes again with it if it is given again.
    private static final String RETURN_TO_ENDED = """
            UPDATE credit_grant SET returned = returned + ?, ended = ended + ?, claimed = claimed - ?, revoked = revoked + ?
            WHERE transfer = ?
            """;

    private static final String REVOKE = "UPDATE credit_grant SET revoked = ? WHERE transfer = ? AND revoked IS NULL";

    private static final String CLAIM = "UPDATE credit_grant SET claimed = ? WHERE transfer = ?";

    private static final String RESTORE = """
            UPDATE credit_grant SET gone = gone - ?, returned = returned + ?, ended = ended - ?, revoked = NULL, claimed = 0
            WHERE transfer = ?
            """;

    private final JdbcTemplate jdbc;

    LotReturnStore(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Standing> find(UUID lot) {
        return jdbc.query(BY_ID, (row, index) -> standing(row), lot).stream().findFirst();
    }

    Optional<Standing> byKey(String key) {
        return jdbc.query(BY_KEY, (row, index) -> standing(row), key).stream().findFirst();
    }

    void giveBack(UUID lot, Credits part) {
        change(GIVE_BACK, part.micro(), part.micro(), lot);
    }

    /** @param bought the further part that had been asked back of the person */
    void returnToEnded(UUID lot, Credits part, Credits bought) {
        long both = part.plus(bought).micro();
        change(RETURN_TO_ENDED, part.micro(), both, bought.micro(), both, lot);
    }

    void revoke(UUID lot, Credits left) {
        change(REVOKE, left.micro(), lot);
    }

    void claim(UUID lot, Credits spent) {
        change(CLAIM, spent.micro(), lot);
    }

    void restore(UUID lot, Credits again) {
        change(RESTORE, again.micro(), again.micro(), again.micro(), lot);
    }

    private void change(String sql, Object... values) {
        int rows = jdbc.update(sql, values);
        if (rows != 1) {
            throw new BrokenRuleException("wrote " + rows + " of 1 grant");
        }
    }

    private static Standing standing(ResultSet row) throws SQLException {
        var expires = row.getTimestamp(5);
        var revoked = row.getObject(6, Long.class);
        return new Standing(
                new Lot(
                        row.getObject(1, UUID.class),
                        new AccountId(row.getLong(2)),
                        Origin.of(row.getString(3)),
                        new Credits(row.getLong(4)),
                        expires == null ? null : expires.toInstant()),
                revoked == null ? null : new Credits(revoked),
                new Credits(row.getLong(7)),
                new Credits(row.getLong(8)));
    }
}
