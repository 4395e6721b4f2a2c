package io.quotabank.pool.platformkey;

import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.platform.id.Ids;
import io.quotabank.pool.catalog.Catalog;
import io.quotabank.pool.catalog.Provider;
import io.quotabank.pool.custody.Custody;
import io.quotabank.pool.custody.ProviderSecret;
import io.quotabank.pool.custody.SealedSecret;
import io.quotabank.pool.key.Key;
import io.quotabank.pool.key.PoolKeys;
import io.quotabank.pool.key.PoolKeys.By;
import io.quotabank.pool.key.PoolKeys.NewKey;
import io.quotabank.pool.platformkey.PlatformKeyProperties.Placement;
import io.quotabank.pool.upstream.BaseUrls;
import io.quotabank.pool.upstream.BaseUrls.Verdict;
import io.quotabank.pool.verification.Verifications;
import io.quotabank.pool.verification.Verifications.Purpose;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.StringUtils;

/** Keys of the platform's own: one for each provider whose variable the environment holds. */
@Component
class PlatformKeys {

    private static final Logger LOG = LoggerFactory.getLogger(PlatformKeys.class);

    private record Wanted(
            Provider provider, String variable, String baseUrl, List<String> models, Placement placement) {}

    private final Environment environment;
    private final PlatformKeyProperties properties;
    private final Catalog catalog;
    private final BaseUrls baseUrls;
    private final Custody custody;
    private final PoolKeys keys;
    private final Verifications verifications;
    private final TransactionTemplate transactions;
    private final Ids ids;

    PlatformKeys(
            Environment environment,
            PlatformKeyProperties properties,
            Catalog catalog,
            BaseUrls baseUrls,
            Custody custody,
            PoolKeys keys,
            Verifications verifications,
            TransactionTemplate transactions,
            Ids ids) {
        this.environment = environment;
        this.properties = properties;
        this.catalog = catalog;
        this.baseUrls = baseUrls;
        this.custody = custody;
        this.keys = keys;
        this.verifications = verifications;
        this.transactions = transactions;
        this.ids = ids;
    }

    /** Makes the platform's keys what the environment says. Safe at every start, on any number of instances. */
    void follow() {
        refuseUnknownProviders();
        catalog.providers().forEach(provider -> {
            if (provider.keyVariable() != null) {
                follow(provider, provider.keyVariable());
            }
        });
    }

    private void refuseUnknownProviders() {
        for (var name : properties.providers().keySet()) {
            if (catalog.provider(name).isEmpty()) {
                throw new IllegalStateException("quotabank.platform-key.providers names the unknown provider " + name);
            }
        }
    }

    private void follow(Provider provider, String variable) {
        var text = environment.getProperty(variable);
        if (!StringUtils.hasText(text)) {
            keys.findByVariable(variable)
                    .filter(key -> key.life().keepsSecret())
                    .ifPresent(key -> keys.pause(key.id(), true, By.pool(variable + " is not in the environment")));
            return;
        }
        try (var secret = ProviderSecret.of(text.strip())) {
            var wanted = wanted(provider, variable);
            if (wanted != null) {
                transactions.executeWithoutResult(status -> {
                    if (!place(wanted, secret)) {
                        status.setRollbackOnly();
                        LOG.warn("{} is left out: the pool holds the same key already", variable);
                    }
                });
            }
        } catch (IllegalArgumentException unfit) {
            LOG.warn("{} is left out: {}", variable, unfit.getMessage());
        }
    }

    private @Nullable Wanted wanted(Provider provider, String variable) {
        var moved = provider.baseUrlVariable() == null ? null : environment.getProperty(provider.baseUrlVariable());
        var verdict = StringUtils.hasText(moved) ? baseUrls.judge(moved) : new Verdict.Fit(provider.baseUrl());
        return switch (verdict) {
            case Verdict.Unfit unfit -> {
                LOG.warn(
                        "{} is left out: the base URL in {} is refused: {}",
                        variable,
                        provider.baseUrlVariable(),
                        unfit.why());
                yield null;
            }
            case Verdict.Fit fit -> wanted(provider, variable, fit.baseUrl());
        };
    }

    private @Nullable Wanted wanted(Provider provider, String variable, String baseUrl) {
        var models = catalog.modelsOf(provider.name());
        return models.isEmpty()
                ? null
                : new Wanted(provider, variable, baseUrl, models, properties.of(provider.name()));
    }

    /** False where another key of the pool has the same secret. */
    private boolean place(Wanted wanted, ProviderSecret secret) {
        var found = keys.findByVariable(wanted.variable());
        if (found.isEmpty()) {
            return add(wanted, secret);
        }
        var key = found.get();
        keys.place(key.id(), wanted.placement().kind(), wanted.placement().priority(), by(wanted));
        var sealed = custody.seal(secret, key.id(), null);
        if (!same(key, wanted, sealed)) {
            keys.replace(key.id(), sealed, wanted.baseUrl(), wanted.models(), by(wanted));
            verifications.request(key.id(), Purpose.PLATFORM);
        } else if (key.state() == State.PAUSED || key.state() == State.DEPLETED) {
            keys.resume(key.id(), true, by(wanted));
        } else if (key.state() == State.INVALID) {
            keys.replace(key.id(), sealed, wanted.baseUrl(), wanted.models(), by(wanted));
            verifications.request(key.id(), Purpose.PLATFORM);
        }
        return true;
    }

    private boolean same(Key key, Wanted wanted, SealedSecret sealed) {
        return keys.holds(key.id(), sealed)
                && key.baseUrl().equals(wanted.baseUrl())
                && key.askedModels().equals(wanted.models());
    }

    private boolean add(Wanted wanted, ProviderSecret secret) {
        var id = ids.next();
        var fresh = new NewKey(
                id,
                null,
                0,
                wanted.placement().kind(),
                wanted.placement().priority(),
                wanted.provider().name(),
                wanted.baseUrl(),
                wanted.models(),
                custody.seal(secret, id, null),
                null,
                null,
                wanted.variable());
        if (!keys.add(fresh, by(wanted))) {
            return false;
        }
        verifications.request(id, Purpose.PLATFORM);
        return true;
    }

    private static By by(Wanted wanted) {
        return By.pool(wanted.variable() + " is in the environment");
    }
}
