package io.quotabank.pool.deposit;

import com.fasterxml.jackson.annotation.JsonValue;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.platform.id.Ids;
import io.quotabank.pool.catalog.Catalog;
import io.quotabank.pool.catalog.Provider;
import io.quotabank.pool.custody.Custody;
import io.quotabank.pool.custody.ProviderSecret;
import io.quotabank.pool.key.PoolKeys;
import io.quotabank.pool.key.PoolKeys.By;
import io.quotabank.pool.key.PoolKeys.NewKey;
import io.quotabank.pool.upstream.BaseUrls;
import io.quotabank.pool.upstream.BaseUrls.Verdict;
import io.quotabank.pool.verification.Verifications;
import io.quotabank.pool.verification.Verifications.Purpose;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes keys into custody on consignment: sealed at once, verified afterwards. */
@Service
public class Deposits {

    /** What a depositor claims to be left: US dollars of list price, or tokens. */
    public sealed interface Claim {
        record Usd(BigDecimal usd) implements Claim {
            public Usd {
                if (usd.signum() <= 0 || usd.compareTo(MOST_USD) > 0 || usd.scale() > 6) {
                    throw new IllegalArgumentException("usd is above 0, at most 10000000, with at most 6 decimals");
                }
            }
        }

        record Tokens(long tokens) implements Claim {
            public Tokens {
                if (tokens <= 0 || tokens > MOST_TOKENS) {
                    throw new IllegalArgumentException("tokens is 1 to 1000000000000000");
                }
            }
        }
    }

    /** @param baseUrl null for the provider's own */
    public record Deposit(
            UUID owner,
            String provider,
            ProviderSecret secret,
            List<String> models,
            @Nullable String baseUrl,
            @Nullable Claim claim,
            @Nullable Instant quotaExpiresAt,
            String mode) {

        public Deposit {
            models = models.stream().distinct().toList();
            if (models.isEmpty()) {
                throw new IllegalArgumentException("a deposit names at least one model");
            }
            if (quotaExpiresAt != null && quotaExpiresAt.isAfter(LATEST_EXPIRY)) {
                throw new IllegalArgumentException("quotaExpiresAt is before the year 3000");
            }
        }
    }

    /** How a deposit can be answered at once; whether the key is accepted turns out later. */
    public sealed interface Outcome {
        record Taken(UUID id) implements Outcome {}

        record Refused(Refusal refusal, String detail) implements Outcome {}
    }

    public enum Refusal {
        MODE_NOT_SUPPORTED,
        PROVIDER_UNKNOWN,
        MODEL_NOT_OFFERED,
        BASE_URL_REFUSED,
        QUOTA_EXPIRED,
        KEY_ALREADY_DEPOSITED,
        TOO_MANY_DEPOSITS;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Where a deposit stands; what becomes of an active key later is told by the key. */
    public enum Status {
        VERIFYING,
        ACTIVE,
        REFUSED,
        WITHDRAWN;

        @JsonValue
        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final String CONSIGNMENT = "consignment";

    private static final Instant LATEST_EXPIRY = Instant.parse("2999-12-31T23:59:59Z");
    private static final BigDecimal MOST_USD = BigDecimal.valueOf(10_000_000);
    private static final long MOST_TOKENS = 1_000_000_000_000_000L;

    private final DepositStore store;
    private final DepositProperties properties;
    private final Catalog catalog;
    private final BaseUrls baseUrls;
    private final Custody custody;
    private final PoolKeys keys;
    private final Verifications verifications;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Ids ids;

    Deposits(
            DepositStore store,
            DepositProperties properties,
            Catalog catalog,
            BaseUrls baseUrls,
            Custody custody,
            PoolKeys keys,
            Verifications verifications,
            TransactionTemplate transactions,
            Clock clock,
            Ids ids) {
        this.store = store;
        this.properties = properties;
        this.catalog = catalog;
        this.baseUrls = baseUrls;
        this.custody = custody;
        this.keys = keys;
        this.verifications = verifications;
        this.transactions = transactions;
        this.clock = clock;
        this.ids = ids;
    }

    public Outcome take(Deposit deposit) {
        if (!deposit.mode().equals(CONSIGNMENT)) {
            return refuse(Refusal.MODE_NOT_SUPPORTED, "keys are taken on consignment only: mode \"consignment\"");
        }
        var provider = catalog.provider(deposit.provider());
        if (provider.isEmpty()) {
            return refuse(Refusal.PROVIDER_UNKNOWN, "GET /api/catalog/models lists the providers");
        }
        var fault = fault(deposit, provider.get());
        if (fault.isPresent()) {
            return fault.get();
        }
        var verdict = deposit.baseUrl() == null
                ? new Verdict.Fit(provider.get().baseUrl())
                : baseUrls.judge(deposit.baseUrl());
        return switch (verdict) {
            case Verdict.Unfit unfit -> refuse(Refusal.BASE_URL_REFUSED, "the base URL is refused: " + unfit.why());
            case Verdict.Fit fit -> seal(deposit, fit.baseUrl());
        };
    }

    private Optional<Outcome> fault(Deposit deposit, Provider provider) {
        // An address of the depositor's own may serve anything; verification finds out whether it does.
        var offered = Set.copyOf(deposit.baseUrl() == null ? catalog.modelsOf(provider.name()) : catalog.models());
        var unknown = deposit.models().stream()
                .filter(model -> !offered.contains(model))
                .findFirst();
        if (unknown.isPresent()) {
            return Optional.of(refuse(
                    Refusal.MODEL_NOT_OFFERED,
                    "%s is not offered, or not by %s".formatted(shown(unknown.get()), provider.name())));
        }
        if (deposit.models().size() > properties.maxModels()) {
            throw new IllegalArgumentException("a deposit names at most %d models".formatted(properties.maxModels()));
        }
        if (deposit.quotaExpiresAt() != null && !deposit.quotaExpiresAt().isAfter(clock.instant())) {
            return Optional.of(refuse(Refusal.QUOTA_EXPIRED, "quotaExpiresAt has passed"));
        }
        return store.verifying(deposit.owner()) >= properties.maxVerifying()
                ? Optional.of(refuse(Refusal.TOO_MANY_DEPOSITS, "wait until one of your deposits has been verified"))
                : Optional.empty();
    }

    private Outcome seal(Deposit deposit, String baseUrl) {
        var keyId = ids.next();
        var fresh = new NewKey(
                keyId,
                deposit.owner(),
                properties.ownerBasisPoints(),
                Kind.CONSIGNMENT,
                0,
                deposit.provider(),
                baseUrl,
                deposit.models(),
                custody.seal(deposit.secret(), keyId, deposit.owner()),
                claimed(deposit),
                deposit.quotaExpiresAt(),
                null);
        return transactions.execute(status -> {
            if (!keys.add(fresh, new By(deposit.owner().toString(), "deposited on consignment"))) {
                status.setRollbackOnly();
                return refuse(Refusal.KEY_ALREADY_DEPOSITED, "this key is in the pool already");
            }
            var verification = verifications.request(keyId, Purpose.DEPOSIT);
            var id = ids.next();
            store.insert(id, deposit.owner(), keyId, verification, clock.instant());
            return new Outcome.Taken(id);
        });
    }

    private @Nullable Credits claimed(Deposit deposit) {
        return switch (deposit.claim()) {
            case null -> null;
            case Claim.Usd claim -> catalog.credits(claim.usd());
            case Claim.Tokens claim -> catalog.credits(catalog.leastUsd(claim.tokens(), deposit.models()));
        };
    }

    Optional<DepositStore.Row> find(UUID id) {
        return store.find(id);
    }

    /** In the transaction that ended the verification. */
    @EventListener
    void on(Verifications.Finished finished) {
        var decided = switch (finished.status()) {
            case PASSED -> Status.ACTIVE;
            case DROPPED -> Status.WITHDRAWN;
            case FAILED, UNREACHABLE -> Status.REFUSED;
            case WAITING -> throw new IllegalStateException("a verification that waits has not finished");
        };
        store.decide(finished.verificationId(), decided, finished.decisive(), finished.at());
    }

    private static Outcome refuse(Refusal refusal, String detail) {
        return new Outcome.Refused(refusal, detail);
    }

    /** A stranger's text, cut to what fits a sentence. */
    private static String shown(String text) {
        return text.codePoints()
                .limit(60)
                .filter(Character::isLetterOrDigit)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
