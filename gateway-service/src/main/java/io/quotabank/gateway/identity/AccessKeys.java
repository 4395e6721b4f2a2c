package io.quotabank.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.quotabank.contracts.accesskey.AccessKeyRecord;
import io.quotabank.contracts.accesskey.AccessKeySecret;
import io.quotabank.gateway.identity.Verdict.Known;
import io.quotabank.gateway.identity.Verdict.Refused;
import io.quotabank.gateway.refusal.Refusal;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.identity.InternalTokens;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Access keys by hash, remembered from proxy-service's answers. A change arrives by topic within a second; besides, a
 * key in use is confirmed every minute, so that a lost or late event costs no more than that. While proxy-service
 * can't be asked, remembered keys keep working for a bounded time and others get 503, never a false 401.
 */
@Component
class AccessKeys {

    private static final CompletableFuture<Verdict> MISTYPED =
            done(Refusal.unauthenticated("Not an access key: its check characters don't fit. Was it copied whole?"));
    private static final CompletableFuture<Verdict> UNKNOWN = done(Refusal.unauthenticated("Unknown access key."));
    private static final CompletableFuture<Verdict> REVOKED =
            done(Refusal.unauthenticated("api_key_revoked", "This access key has been revoked."));
    private static final CompletableFuture<Verdict> EXPIRED =
            done(Refusal.unauthenticated("api_key_expired", "This access key has expired."));
    private static final CompletableFuture<Verdict> UNDECIDED =
            done(Refusal.unavailable("The access key can't be checked right now.", 2));

    // After a question without an answer, a remembered key is used this long before the next question.
    private static final long ASK_AGAIN_MS = 1_000;

    /** A record and when it was last confirmed, in milliseconds since the epoch. */
    private record Entry(AccessKeyRecord key, CompletableFuture<Verdict> known, long confirmedAtMs, long askAtMs) {

        Entry confirmedAt(long nowMs) {
            return new Entry(key, known, nowMs, nowMs);
        }

        Entry askNotBefore(long ms) {
            return new Entry(key, known, confirmedAtMs, ms);
        }
    }

    private final AccessKeyClient client;
    private final InternalTokens tokens;
    private final Clock clock;
    private final AccessKeysProperties properties;
    private final Cache<String, Entry> entries;
    private final Cache<String, Boolean> unknown;
    // Newest versions told by the topic: an answer that was on its way meanwhile must not bring back an older one.
    private final Cache<String, AccessKeyRecord> announced;
    private final ConcurrentHashMap<String, CompletableFuture<Verdict>> questions = new ConcurrentHashMap<>();

    AccessKeys(AccessKeyClient client, InternalTokens tokens, Clock clock, AccessKeysProperties properties) {
        this.client = client;
        this.tokens = tokens;
        this.clock = clock;
        this.properties = properties;
        this.entries =
                Caffeine.newBuilder().maximumSize(properties.remembered()).build();
        this.unknown = Caffeine.newBuilder()
                .maximumSize(properties.remembered())
                .expireAfterWrite(properties.unknownFor())
                .build();
        this.announced = Caffeine.newBuilder()
                .maximumSize(properties.remembered())
                .expireAfterWrite(properties.timeLimit().multipliedBy(4))
                .build();
    }

    CompletableFuture<Verdict> identify(String secret) {
        if (!AccessKeySecret.wellFormed(secret)) {
            return MISTYPED;
        }
        var hash = AccessKeySecret.hash(secret);
        var entry = entries.getIfPresent(hash);
        if (entry == null) {
            return unknown.getIfPresent(hash) != null ? UNKNOWN : ask(hash);
        }
        long now = clock.millis();
        long age = age(entry, now);
        long confirmAfterMs = properties.confirmAfter().toMillis();
        // A key that has ended stays so, whatever proxy-service would say.
        if (!entry.key().usableAt(now) || age < confirmAfterMs / 2) {
            return verdict(entry, now);
        }
        if (now < entry.askAtMs()) {
            return stale(entry, now);
        }
        var answer = ask(hash);
        return age < confirmAfterMs ? verdict(entry, now) : answer;
    }

    /** Takes over what the topic tells; a record that is not newer than the remembered one changes nothing. */
    void announce(AccessKeyRecord key) {
        announced.asMap().merge(key.hash(), key, AccessKeys::newer);
        unknown.invalidate(key.hash());
        entries.asMap().computeIfPresent(key.hash(), (hash, entry) -> update(entry, key, entry.confirmedAtMs()));
    }

    private CompletableFuture<Verdict> ask(String hash) {
        var mine = new CompletableFuture<Verdict>();
        var theirs = questions.putIfAbsent(hash, mine);
        if (theirs != null) {
            return theirs;
        }
        if (questions.size() > properties.askAtOnce()) {
            questions.remove(hash, mine);
            var entry = entries.getIfPresent(hash);
            return entry == null ? UNDECIDED : stale(entry, clock.millis());
        }
        client.lookup(hash)
                .subscribe(
                        answer -> settle(hash, mine, answered(hash, answer)),
                        failure -> settle(hash, mine, unanswered(hash)));
        return mine;
    }

    // What is settled is always a verdict that has been reached.
    private void settle(String hash, CompletableFuture<Verdict> question, CompletableFuture<Verdict> verdict) {
        questions.remove(hash, question);
        question.complete(verdict.join());
    }

    private CompletableFuture<Verdict> answered(String hash, Optional<AccessKeyRecord> answer) {
        long now = clock.millis();
        if (answer.isEmpty()) {
            entries.invalidate(hash);
            unknown.put(hash, Boolean.TRUE);
            return UNKNOWN;
        }
        var told = announced.getIfPresent(hash);
        var key = told == null ? answer.get() : newer(told, answer.get());
        var entry = entries.asMap().compute(hash, (same, old) -> old == null ? entry(key, now) : update(old, key, now));
        return verdict(entry, now);
    }

    private CompletableFuture<Verdict> unanswered(String hash) {
        long now = clock.millis();
        var entry = entries.asMap().computeIfPresent(hash, (same, old) -> old.askNotBefore(now + ASK_AGAIN_MS));
        return entry == null ? UNDECIDED : stale(entry, now);
    }

    private CompletableFuture<Verdict> stale(Entry entry, long now) {
        long age = age(entry, now);
        return age < properties.confirmAfter().plus(properties.staleFor()).toMillis() ? verdict(entry, now) : UNDECIDED;
    }

    private static CompletableFuture<Verdict> verdict(Entry entry, long now) {
        if (entry.key().revoked()) {
            return REVOKED;
        }
        return entry.key().usableAt(now) ? entry.known() : EXPIRED;
    }

    // After a clock was set back nobody knows how old it is: due.
    private long age(Entry entry, long nowMs) {
        long age = nowMs - entry.confirmedAtMs();
        return age < 0 ? properties.confirmAfter().toMillis() : age;
    }

    private Entry update(Entry old, AccessKeyRecord key, long confirmedAtMs) {
        return key.version() > old.key().version() ? entry(key, confirmedAtMs) : old.confirmedAt(confirmedAtMs);
    }

    private Entry entry(AccessKeyRecord key, long nowMs) {
        var caller = new Caller(
                key.userId().toString(), Set.of("user"), key.accessKeyId(), key.models(), null, null, key.cap());
        return new Entry(key, CompletableFuture.completedFuture(new Known(caller, tokens)), nowMs, nowMs);
    }

    private static AccessKeyRecord newer(AccessKeyRecord one, AccessKeyRecord other) {
        return other.version() > one.version() ? other : one;
    }

    private static CompletableFuture<Verdict> done(Refusal refusal) {
        return CompletableFuture.completedFuture(new Refused(refusal));
    }
}
