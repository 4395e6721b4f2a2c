package io.quotabank.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose transfers were sealed, by a process that knows the accounts of old. */
class SealedCodesIT {

    private final UUID person = UUID.randomUUID();
    private final Ledger ledger = Ledger.with(Map.of("quotabank.tail.every", "1h", "quotabank.seal.every", "1h"));
    private final AccountId account = ledger.bean(Accounts.class).open(AccountCode.user(person));

    @AfterEach
    void stop() {
        ledger.close();
    }

    @Test
    void anAccountWithoutARowIsSealedByItsNumber() {
        long before = sealed(1);
        assertThat(ledger.bean(Accounts.class).named(Set.of(account))).hasSize(1);
        ledger.asOwner(
                "CREATE TABLE kept AS SELECT * FROM account", "DELETE FROM account WHERE id = " + account.value());
        long without = sealed(2);

        assertThat(exported(before)).contains(",account:" + account.value() + ",");
        assertThat(exported(without)).contains(",account:" + account.value() + ",");
        assertThat(ledger.bean(Seals.class).check(0).wrong()).containsExactly(wrong(before));

        ledger.asOwner("INSERT INTO account OVERRIDING SYSTEM VALUE SELECT * FROM kept WHERE id = " + account.value());
        assertThat(exported(before)).contains(",user:" + person + ",");
        assertThat(ledger.bean(Seals.class).check(0).wrong()).containsExactly(wrong(without));
    }

    @Test
    void aCodeThatWasAnotherWhileABlockWasSealedLeavesItsTrace() {
        sealed(1);
        assertThat(ledger.bean(Accounts.class).named(Set.of(account))).hasSize(1);
        ledger.asOwner("UPDATE account SET code = 'user:another' WHERE id = " + account.value());
        long lied = sealed(2);
        ledger.asOwner("UPDATE account SET code = 'user:" + person + "' WHERE id = " + account.value());
        sealed(3);
        assertThat(ledger.bean(Seals.class).check(0).wrong()).containsExactly(wrong(lied));
    }

    private long sealed(int seq) {
        ledger.asOwner("INSERT INTO transfer"
                + " (id, debit, credit, amount, debit_after, credit_after, debit_seq, credit_seq, type) VALUES ('"
                + TestUsage.IDS.next() + "', 1, " + account.value() + ", 1, " + seq + ", " + seq + ", " + seq + ", "
                + seq
                + ", 'bonus')");
        return Sealing.seal(ledger);
    }

    private String exported(long number) {
        var lines = new StringBuilder();
        ledger.bean(Seals.class).export(number, lines::append);
        return lines.toString();
    }

    private static String wrong(long number) {
        return "block " + number + " is not as it was sealed";
    }
}
