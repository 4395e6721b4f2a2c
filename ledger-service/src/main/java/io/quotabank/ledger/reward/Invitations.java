package io.quotabank.ledger.reward;

import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.transfer.Transfers;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Who invited whom. It counts until the invited person's first recharge, and is rewarded by that. */
@Service
class Invitations {

    /** How accepting an invitation ends. */
    enum Outcome {
        /** Now, or before by the same person's code. */
        ACCEPTED,
        UNKNOWN,
        /** It is the person's own. */
        OWN,
        /** They invited that person themselves. */
        CIRCULAR,
        /** They accepted another person's. */
        TAKEN,
        /** They have recharged. */
        TOO_LATE
    }

    // Crockford's alphabet: nothing in it is mistaken for something else.
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 10;

    private static final String MAKE =
            "INSERT INTO invitation_code (person, code) VALUES (:person, :code) ON CONFLICT DO NOTHING";

    private static final String ACCEPT =
            "INSERT INTO invitation (invited, inviter) VALUES (:invited, :inviter) ON CONFLICT DO NOTHING";

    private static final String FIRST =
            "INSERT INTO first_recharge (account, transfer) VALUES (:account, :transfer) ON CONFLICT DO NOTHING";

    private final Transfers transfers;
    private final JdbcClient jdbc;
    private final SecureRandom random = new SecureRandom();

    Invitations(Transfers transfers, JdbcClient jdbc) {
        this.transfers = transfers;
        this.jdbc = jdbc;
    }

    /** The person's code, made when it is first asked for. It is no secret. */
    String codeOf(UUID person) {
        for (; ; ) {
            var known = jdbc.sql("SELECT code FROM invitation_code WHERE person = ?")
                    .param(person)
                    .query(String.class)
                    .optional();
            if (known.isPresent()) {
                return known.get();
            }
            // Nothing is written where it is another person's by chance: then with another one.
            jdbc.sql(MAKE).param("person", person).param("code", fresh()).update();
        }
    }

    /** How many people came by a person's code. */
    long invitedBy(UUID person) {
        return count("SELECT count(*) FROM invitation WHERE inviter = ?", person);
    }

    Outcome accept(UUID invited, AccountId account, String code) {
        var inviter = jdbc.sql("SELECT person FROM invitation_code WHERE code = ?")
                .param(code.strip().toUpperCase(Locale.ROOT))
                .query(UUID.class)
                .optional();
        if (inviter.isEmpty()) {
            return Outcome.UNKNOWN;
        }
        if (inviter.get().equals(invited)) {
            return Outcome.OWN;
        }
        return transfers.inTransaction(() -> {
            // A recharge of this person waits, or was before.
            transfers.lock(List.of(account));
            return accept(invited, account, inviter.get());
        });
    }

    private Outcome accept(UUID invited, AccountId account, UUID inviter) {
        var before = inviter(invited);
        if (before != null) {
            return before.equals(inviter) ? Outcome.ACCEPTED : Outcome.TAKEN;
        }
        if (count("SELECT count(*) FROM first_recharge WHERE account = ?", account.value()) > 0) {
            return Outcome.TOO_LATE;
        }
        int rows = jdbc.sql(ACCEPT)
                .param("invited", invited)
                .param("inviter", inviter)
                .update();
        // Under the lock only the other direction can be in its way.
        return rows == 1 ? Outcome.ACCEPTED : Outcome.CIRCULAR;
    }

    @Nullable
    UUID inviter(UUID invited) {
        return jdbc.sql("SELECT inviter FROM invitation WHERE invited = ?")
                .param(invited)
                .query(UUID.class)
                .optional()
                .orElse(null);
    }

    /** @return true where it is the first one, for ever */
    boolean firstRecharge(AccountId account, UUID transfer) {
        return jdbc.sql(FIRST)
                        .param("account", account.value())
                        .param("transfer", transfer)
                        .update()
                == 1;
    }

    /** Whether this one made a person one who can no longer be invited. */
    boolean wasFirstRecharge(AccountId account, UUID transfer) {
        return jdbc.sql("SELECT count(*) FROM first_recharge WHERE account = ? AND transfer = ?")
                        .params(account.value(), transfer)
                        .query(Long.class)
                        .single()
                == 1;
    }

    private long count(String sql, Object of) {
        return jdbc.sql(sql).param(of).query(Long.class).single();
    }

    private String fresh() {
        var code = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            code.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return code.toString();
    }
}
