package io.quotabank.risk;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.poolkey.PoolKeyRecord;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Kind;
import io.quotabank.contracts.poolkey.PoolKeyRecord.Limits;
import io.quotabank.contracts.poolkey.PoolKeyRecord.State;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Opened;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.platform.event.CloudEventRecords;
import io.quotabank.platform.id.Ids;
import io.quotabank.platform.testkit.TestKafka;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What proxy-service and pool-service write. */
public final class Topics {

    public static final Ids IDS = new Ids(Clock.systemUTC());

    private static final JsonMapper JSON = new JsonMapper();
    private static final CloudEventRecords USAGE = new CloudEventRecords("proxy-service", Clock.systemUTC());
    private static final CloudEventRecords POOL = new CloudEventRecords("pool-service", Clock.systemUTC());

    /** Started on first use. */
    private static final class Out {
        static {
            // It makes the topics.
            Risk.shared();
        }

        static final KafkaProducer<String, byte[]> PRODUCER = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestKafka.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    /** A record of a key at a host. */
    public static PoolKeyRecord key(UUID id, UUID owner, long version, State state, String host) {
        return key(id, owner, version, state, host, null);
    }

    public static PoolKeyRecord key(
            UUID id, UUID owner, long version, State state, String host, @Nullable Long coolingUntilMs) {
        return key(id, owner, version, state, host, coolingUntilMs, false);
    }

    /** @param providerAddress whether the host is the provider's own */
    public static PoolKeyRecord key(
            UUID id,
            UUID owner,
            long version,
            State state,
            String host,
            @Nullable Long coolingUntilMs,
            boolean providerAddress) {
        return new PoolKeyRecord(
                id,
                version,
                owner,
                9_500,
                Kind.CONSIGNMENT,
                0,
                "openai",
                "https://" + host + "/v1",
                List.of("gpt-4o-mini"),
                state,
                "c2VhbGVk",
                null,
                null,
                Limits.NONE,
                providerAddress,
                coolingUntilMs);
    }

    public static void send(PoolKeyRecord key) {
        send(POOL.record(PoolKeyRecord.TOPIC, key.keyId().toString(), PoolKeyRecord.TYPE, JSON.writeValueAsBytes(key)));
    }

    public static Attempt attempt(
            UUID key, @Nullable UUID owner, Result result, @Nullable Integer status, Credits listCost) {
        return attempt(key, owner, "openai", result, status, listCost);
    }

    public static Attempt attempt(
            UUID key,
            @Nullable UUID owner,
            String provider,
            Result result,
            @Nullable Integer status,
            Credits listCost) {
        return new Attempt(
                key,
                owner,
                9_500,
                provider,
                result,
                status,
                TokenUsage.NONE,
                Credits.ZERO,
                listCost,
                null,
                100,
                null,
                null);
    }

    public static Closed closed(UUID request, UUID user, Instant at, Attempt... attempts) {
        return closed(request, user, at, List.of(), attempts);
    }

    /** @param funding what was reserved for it */
    public static Closed closed(UUID request, UUID user, Instant at, List<Funding> funding, Attempt... attempts) {
        return new Closed(
                request,
                user,
                null,
                "chat",
                "gpt-4o-mini",
                true,
                1,
                "bronze",
                13_000,
                Outcome.COMPLETED,
                Metering.REPORTED,
                TokenUsage.NONE,
                Credits.ZERO,
                funding,
                List.of(attempts),
                null,
                at.toEpochMilli() - 100,
                null,
                at.toEpochMilli(),
                null);
    }

    public static void send(Closed closed) {
        usage(closed.userId(), UsageEvent.CLOSED_TYPE, JSON.writeValueAsBytes(closed));
    }

    public static void send(Opened opened) {
        usage(opened.userId(), UsageEvent.OPENED_TYPE, JSON.writeValueAsBytes(opened));
    }

    /** Anything, as it is. */
    public static void usage(UUID user, String type, byte[] value) {
        send(USAGE.record(UsageEvent.TOPIC, user.toString(), type, value));
    }

    private static void send(ProducerRecord<String, byte[]> record) {
        try {
            Out.PRODUCER.send(record).get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        } catch (ExecutionException refused) {
            throw new IllegalStateException(refused);
        }
    }

    private Topics() {}
}
