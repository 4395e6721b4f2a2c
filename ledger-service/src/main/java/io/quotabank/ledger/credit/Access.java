package io.quotabank.ledger.credit;

import io.quotabank.ledger.account.AccountCode;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.Accounts;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.platform.identity.Caller;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Who reaches whose credits: people their own, services and administrators everybody's; auditors may look. */
@Component
public class Access {

    private final Accounts accounts;
    private final Grants grants;

    Access(Accounts accounts, Grants grants) {
        this.accounts = accounts;
        this.grants = grants;
    }

    /** True for those who may move anybody's credits: services, ours and those that sign in, and administrators. */
    public static boolean manages(Caller caller) {
        return caller.isService() || caller.has(Caller.SERVICE) || caller.has("admin");
    }

    public static boolean own(UUID userId, Caller caller) {
        return caller.isPerson() && caller.userId().equals(userId);
    }

    /**
     * Whose credits a path means.
     *
     * @param named null where the caller asks for their own
     * @throws IllegalArgumentException where the caller is an application or a service, which have none
     */
    public static UUID meant(@Nullable UUID named, Caller caller) {
        if (named != null) {
            return named;
        }
        if (!caller.isPerson()) {
            throw new IllegalArgumentException("an application names the person: the path ends with /{userId}");
        }
        return caller.userId();
    }

    /** The account, opened if it is the caller's own; empty where the caller may not know of it. */
    public Optional<AccountId> readable(UUID userId, Caller caller) {
        if (own(userId, caller)) {
            return Optional.of(grants.welcome(caller));
        }
        return manages(caller) || caller.has("auditor") ? accounts.find(AccountCode.user(userId)) : Optional.empty();
    }
}
