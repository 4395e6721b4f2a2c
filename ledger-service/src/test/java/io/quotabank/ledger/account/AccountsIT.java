package io.quotabank.ledger.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.account.Accounts.Named;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AccountsIT {

    private static final Ledger LEDGER = Ledger.idle();

    private final Accounts accounts = LEDGER.bean(Accounts.class);
    private final UUID person = UUID.randomUUID();

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    @Test
    void whoAnAccountIsIsReadWhereItIsNotRemembered() {
        var user = accounts.open(AccountCode.user(person));
        var platform = accounts.open(AccountCode.clearing(7));
        assertThat(accounts.named(Set.of(user, platform)))
                .isEqualTo(Map.of(
                        user, new Named("user:" + person, person),
                        platform, new Named("clearing:p07", null)));
    }

    @Test
    void anAccountThatIsOpenedLaterIsFoundBesideThoseThatAreRemembered() {
        var early = accounts.open(AccountCode.user(person));
        var next = new AccountId(
                LEDGER.number("SELECT last_value + 1 FROM pg_sequences WHERE sequencename = 'account_id_seq'"));
        assertThat(accounts.named(Set.of(early, next))).containsOnlyKeys(early);

        var late = accounts.open(AccountCode.debt(person));
        assertThat(late).isEqualTo(next);
        assertThat(accounts.named(Set.of(early, late)))
                .isEqualTo(Map.of(
                        early, new Named("user:" + person, person),
                        late, new Named("debt:" + person, person)));
    }

    @Test
    void whatIsReadIsTheRowAsItIsNow() {
        var account = accounts.open(AccountCode.user(person));
        assertThat(accounts.named(Set.of(account))).containsOnlyKeys(account);
        LEDGER.asOwner("UPDATE account SET code = code || ':other' WHERE id = " + account.value());
        assertThat(accounts.read(List.of(account)))
                .isEqualTo(Map.of(account, new Named("user:" + person + ":other", person)));

        LEDGER.asOwner("DELETE FROM account WHERE id = " + account.value());
        assertThat(accounts.read(List.of(account))).isEmpty();
        assertThat(accounts.named(Set.of(account))).as("remembered").containsOnlyKeys(account);
    }
}
