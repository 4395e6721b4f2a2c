package io.quotabank.ledger.redemption;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.batch.Columns;
import io.quotabank.ledger.grant.Gift;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.grant.Origin;
import io.quotabank.ledger.transfer.Transfers;
import io.quotabank.platform.id.Ids;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/** Makes batches of codes and redeems them: each code once, and one of a batch for each person. */
@Service
class Redemptions {

    /**
     * @param credits of each code, in micro-credits
     * @param codesExpireAt when they can no longer be redeemed
     * @param creditsLive from being redeemed; null for ever
     */
    record Batch(
            int codes,
            Credits credits,
            Instant codesExpireAt,
            @Nullable Duration creditsLive,
            String reason) {}

    /** What comes of trying a code. */
    sealed interface Tried {

        /**
         * @param given zero where the code is none for this person, for whatever reason
         * @param balance after it
         */
        record Redeemed(Credits given, Credits balance) implements Tried {}

        /**
         * The person has had their tries of this hour.
         *
         * @param until it is over
         */
        record TooOften(Duration until) implements Tried {}
    }

    private record Terms(
            UUID batch, Credits credits, @Nullable Long livesS) {}

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Tried REFUSED = new Tried.Redeemed(Credits.ZERO, Credits.ZERO);

    private static final String MAKE = """
            INSERT INTO code_batch (id, credits, codes, codes_expire_at, credits_live_s, reason, actor, created_at)
            VALUES (:id, :credits, :codes, :expire, :live, :reason, :actor, :now)
            """;

    private static final String ADD = """
            INSERT INTO code (hash, batch) SELECT decode(hash, 'hex'), batch FROM unnest(?::text[], ?::uuid[]) AS x (hash, batch)
            """;

    // One answer for a code that is unknown, expired or used, and for a second one of a batch.
    private static final String REDEEM = """
            WITH used AS (
                INSERT INTO redemption (hash, batch, person)
                SELECT c.hash, c.batch, :person FROM code c JOIN code_batch b ON b.id = c.batch
                WHERE c.hash = decode(:hash, 'hex') AND b.codes_expire_at > :now
                ON CONFLICT DO NOTHING RETURNING batch)
            SELECT b.id, b.credits, b.credits_live_s FROM used JOIN code_batch b ON b.id = used.batch
            """;

    private static final String TRY = """
            INSERT INTO redemption_tries AS t (person, since, tries) VALUES (:person, :now, 1)
            ON CONFLICT (person) DO UPDATE
            SET tries = CASE WHEN t.since <= :before THEN 1 ELSE t.tries + 1 END,
                since = CASE WHEN t.since <= :before THEN excluded.since ELSE t.since END
            RETURNING tries, since
            """;

    private final Transfers transfers;
    private final Grants grants;
    private final JdbcClient jdbc;
    private final JdbcTemplate arrays;
    private final Ids ids;
    private final Clock clock;
    private final RedemptionProperties properties;
    private final SecureRandom random = new SecureRandom();

    Redemptions(
            Transfers transfers,
            Grants grants,
            JdbcClient jdbc,
            JdbcTemplate arrays,
            Ids ids,
            Clock clock,
            RedemptionProperties properties) {
        this.transfers = transfers;
        this.grants = grants;
        this.jdbc = jdbc;
        this.arrays = arrays;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
    }

    /** Makes codes in the caller's transaction; nothing but this answer ever tells them. */
    List<Code> make(UUID id, Batch batch, String actor) {
        var now = clock.instant();
        if (!batch.codesExpireAt().isAfter(now)) {
            throw new IllegalArgumentException("codes expire later than now");
        }
        jdbc.sql(MAKE)
                .param("id", id)
                .param("credits", batch.credits().micro())
                .param("codes", batch.codes())
                .param("expire", Timestamp.from(batch.codesExpireAt()))
                .param(
                        "live",
                        batch.creditsLive() == null ? null : batch.creditsLive().toSeconds())
                .param("reason", batch.reason())
                .param("actor", actor)
                .param("now", Timestamp.from(now))
                .update();
        var codes =
                Stream.generate(() -> Code.random(random)).limit(batch.codes()).toList();
        arrays.update(
                ADD,
                statement -> new Columns(statement).texts(codes, Code::hash).uuids(codes, code -> id));
        return codes;
    }

    UUID newBatch() {
        return ids.next();
    }

    /** In the caller's transaction, and counted by it, whatever comes of it. */
    Tried redeem(UUID person, AccountId account, Code code) {
        // Before any account is locked: who waits here for a rival keeps nobody waiting.
        var until = triesComeAgain(person);
        return until.isEmpty()
                ? use(person, code).map(terms -> give(account, code, terms)).orElse(REFUSED)
                : new Tried.TooOften(until.get());
    }

    /** Counts a try; empty where the person may have it. */
    private Optional<Duration> triesComeAgain(UUID person) {
        var now = clock.instant();
        return jdbc.sql(TRY)
                .param("person", person)
                .param("now", Timestamp.from(now))
                .param("before", Timestamp.from(now.minus(HOUR)))
                .query((row, index) -> row.getInt(1) <= properties.triesAnHour()
                        ? Optional.<Duration>empty()
                        : Optional.of(Duration.between(
                                now, row.getTimestamp(2).toInstant().plus(HOUR))))
                .single();
    }

    private Tried give(AccountId account, Code code, Terms terms) {
        var books = transfers.lock(List.of(grants.issued(), account));
        var lives = terms.livesS();
        var until = lives == null ? null : clock.instant().plusSeconds(lives);
        var gift = Gift.of("code:" + code.hash(), Origin.CODE, terms.credits(), until);
        if (grants.give(books, account, gift).isEmpty()) {
            throw new IllegalStateException("a code that was just used for the first time gave before");
        }
        transfers.post(books);
        return new Tried.Redeemed(terms.credits(), books.posted(account));
    }

    private Optional<Terms> use(UUID person, Code code) {
        return jdbc.sql(REDEEM)
                .param("person", person)
                .param("hash", code.hash())
                .param("now", Timestamp.from(clock.instant()))
                .query((row, index) -> new Terms(
                        row.getObject(1, UUID.class), new Credits(row.getLong(2)), row.getObject(3, Long.class)))
                .optional();
    }
}
