package io.quotabank.pool.deposit;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.verification.KeyVerification.BalanceForm;
import io.quotabank.contracts.verification.KeyVerification.Check;
import io.quotabank.pool.catalog.Catalog;
import io.quotabank.pool.deposit.Deposits.Status;
import io.quotabank.pool.key.Key;
import io.quotabank.pool.key.PoolKeys;
import io.quotabank.pool.verification.Verifications;
import io.quotabank.pool.verification.Verifications.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** A deposit as its depositor sees it, with each check as it comes in. */
@Component
class DepositViews {

    /**
     * @param lastFour the last four characters of the key
     * @param checks all checks in order; those without an answer yet are {@code pending}
     * @param waitingFor why the next try is later than now, where it is
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record View(
            UUID id,
            UUID keyId,
            Status status,
            String mode,
            String provider,
            String baseUrl,
            String lastFour,
            List<String> models,
            List<CheckView> checks,
            int attempts,
            @Nullable String waitingFor,
            @Nullable Instant nextTryAt,
            @Nullable Refused refused,
            Instant createdAt,
            @Nullable Instant decidedAt) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record CheckView(String name, String result, @Nullable String detail) {}

    record Refused(String check, String detail) {}

    private final DepositStore store;
    private final PoolKeys keys;
    private final Verifications verifications;
    private final Catalog catalog;

    DepositViews(DepositStore store, PoolKeys keys, Verifications verifications, Catalog catalog) {
        this.store = store;
        this.keys = keys;
        this.verifications = verifications;
        this.catalog = catalog;
    }

    View show(UUID id) {
        var row = store.find(id).orElseThrow();
        var key = keys.find(row.keyId()).orElseThrow();
        var progress = verifications.progress(row.verificationId()).orElseThrow();
        boolean waits = row.status() == Status.VERIFYING && progress.note() != null;
        return new View(
                row.id(),
                row.keyId(),
                status(row.status(), key.state()),
                row.mode(),
                key.provider(),
                key.baseUrl(),
                key.lastFour(),
                key.askedModels(),
                checks(key, progress),
                progress.attempts(),
                waits ? progress.note() : null,
                waits ? progress.dueAt() : null,
                row.refusedCheck() == null
                        ? null
                        : new Refused(row.refusedCheck(), row.refusedDetail() == null ? "" : row.refusedDetail()),
                row.createdAt(),
                row.decidedAt());
    }

    /** A key that is withdrawn while it is verified is known as that before its verification notices. */
    private static Status status(Status status, State key) {
        return status == Status.VERIFYING && key == State.WITHDRAWN ? Status.WITHDRAWN : status;
    }

    private List<CheckView> checks(Key key, Progress progress) {
        var names = new LinkedHashSet<String>(List.of("address", "authentication"));
        key.askedModels().forEach(model -> names.add("model:" + model));
        var tellsBalance = catalog.provider(key.provider())
                .filter(provider -> provider.balance() != BalanceForm.NONE)
                .isPresent();
        if (tellsBalance) {
            names.add("balance");
        }
        progress.checks().forEach(check -> names.add(check.name()));
        var views = new ArrayList<CheckView>();
        names.forEach(name -> views.add(view(name, progress.checks())));
        return views;
    }

    private static CheckView view(String name, List<Check> checks) {
        return checks.stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .map(check -> new CheckView(name, check.result().wire(), check.detail()))
                .orElseGet(() -> new CheckView(name, "pending", null));
    }
}
