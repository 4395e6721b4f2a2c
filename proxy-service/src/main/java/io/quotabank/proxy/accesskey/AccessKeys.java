package io.quotabank.proxy.accesskey;

import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.accesskey.AccessKeySecret;
import io.quotabank.platform.id.Ids;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Issues, lists, limits and revokes access keys. Each change is published in the transaction that makes it. */
@Service
public class AccessKeys {

    private static final int LONGEST_NAME = 100;
    private static final int MOST_MODELS = 100;
    private static final int LONGEST_MODEL = 200;
    private static final int PREFIX_LENGTH = 7;
    private static final int ENDING_LENGTH = 4;
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    /**
     * What a person asks for.
     *
     * @param models the models it may call; empty allows all
     * @param expiresAt when it ends; null never
     * @param limits what it may spend
     */
    record Wish(String name, List<String> models, @Nullable Instant expiresAt, Limits limits) {
        Wish {
            models = List.copyOf(models);
            if (name.isBlank() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a name has 1 to " + LONGEST_NAME + " printable characters");
            }
            if (models.size() > MOST_MODELS) {
                throw new IllegalArgumentException("at most " + MOST_MODELS + " models");
            }
            if (models.stream().anyMatch(AccessKeys::notAModel)) {
                throw new IllegalArgumentException("a model's name has 1 to " + LONGEST_MODEL + " characters");
            }
            if (expiresAt != null && expiresAt.isAfter(LATEST)) {
                throw new IllegalArgumentException("expiresAt is too far away");
            }
        }
    }

    /** Every way of asking for a key can end. */
    sealed interface Outcome {

        /** @param secret the only time it is told */
        record Issued(AccessKey key, String secret) implements Outcome {}

        record TooMany(int most) implements Outcome {}

        record AlreadyExpired() implements Outcome {}
    }

    /** Every way of changing a key can end. */
    sealed interface Change {

        record Changed(AccessKey key) implements Change {}

        record NoSuchKey() implements Change {}

        record Revoked() implements Change {}
    }

    private final AccessKeyStore store;
    private final ApplicationEventPublisher events;
    private final AccessKeyProperties settings;
    private final Ids ids;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    AccessKeys(
            AccessKeyStore store,
            ApplicationEventPublisher events,
            AccessKeyProperties settings,
            Ids ids,
            Clock clock) {
        this.store = store;
        this.events = events;
        this.settings = settings;
        this.ids = ids;
        this.clock = clock;
    }

    @Transactional
    Outcome issue(UUID userId, Wish wish) {
        var now = now();
        if (wish.expiresAt() != null && !wish.expiresAt().isAfter(now)) {
            return new Outcome.AlreadyExpired();
        }
        if (store.countLive(userId, now) >= settings.mostPerUser()) {
            return new Outcome.TooMany(settings.mostPerUser());
        }
        var secret = AccessKeySecret.generate(random);
        var id = ids.next();
        var key = new AccessKey(
                id,
                userId,
                wish.name(),
                AccessKeySecret.hash(secret),
                secret.substring(0, PREFIX_LENGTH),
                secret.substring(secret.length() - ENDING_LENGTH),
                wish.models(),
                now,
                wish.expiresAt(),
                null,
                1,
                wish.limits().cap(id, 1));
        store.insert(key);
        events.publishEvent(key.published());
        return new Outcome.Issued(key, secret);
    }

    /** Ends a key; again changes nothing. False where the person has no such key. */
    @Transactional
    boolean revoke(UUID userId, UUID id) {
        store.revoke(userId, id, now()).ifPresent(key -> events.publishEvent(key.published()));
        return store.find(userId, id).isPresent();
    }

    /** Lets a key spend other amounts; the same again changes nothing. */
    @Transactional
    Change limit(UUID userId, UUID id, Limits limits) {
        store.limit(userId, id, limits).ifPresent(key -> events.publishEvent(key.published()));
        return store.find(userId, id)
                .<Change>map(key -> key.revokedAt() == null ? new Change.Changed(key) : new Change.Revoked())
                .orElseGet(Change.NoSuchKey::new);
    }

    Optional<AccessKey> find(UUID userId, UUID id) {
        return store.find(userId, id);
    }

    /** Newest first, revoked ones too; those before {@code before}. */
    List<AccessKey> list(UUID userId, @Nullable UUID before, int limit) {
        return store.list(userId, before, limit);
    }

    /** What the gateway asks for: also a revoked or expired one, which it then refuses by itself. */
    Optional<AccessKeyRecord> byHash(String hash) {
        return store.byHash(hash).map(AccessKey::published);
    }

    // As precise as the column.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static boolean notAModel(String name) {
        return name.isBlank() || name.length() > LONGEST_MODEL || name.chars().anyMatch(Character::isISOControl);
    }
}
