package io.quotabank.proxy.relay;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.quotabank.contracts.usage.UsageEvent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls of models by the names, attributes and buckets of OpenTelemetry's conventions for generative AI (development
 * status, {@code open-telemetry/semantic-conventions-genai}, docs/gen-ai/gen-ai-metrics.md): the {@code client} set for our
 * calls of providers, the {@code server} set for our callers' requests.
 *
 * <p>Tags are bounded: models by names that the catalogue has, the first two hundred of them, then {@code other};
 * providers likewise. A meter is made once and found again by its key.
 */
final class GenAiMeters {

    static final String CLIENT_DURATION = "gen_ai.client.operation.duration";
    static final String CLIENT_TOKENS = "gen_ai.client.token.usage";
    static final String CLIENT_FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk";
    static final String CLIENT_CHUNK = "gen_ai.client.operation.time_per_output_chunk";
    static final String SERVER_DURATION = "gen_ai.server.request.duration";
    static final String SERVER_FIRST_TOKEN = "gen_ai.server.time_to_first_token";
    static final String SERVER_TOKEN = "gen_ai.server.time_per_output_token";

    static final String OPERATION = "gen_ai.operation.name";
    static final String PROVIDER = "gen_ai.provider.name";
    static final String MODEL = "gen_ai.request.model";
    static final String TOKEN_TYPE = "gen_ai.token.type";
    static final String ERROR = "error.type";

    /** To our callers we are the provider. */
    private static final String OURSELVES = "quotabank";

    private static final String OTHER = "other";
    private static final int MOST_MODELS = 200;
    private static final int MOST_PROVIDERS = 50;

    private static final Duration[] OPERATION_BUCKETS =
            seconds(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
    private static final Duration[] FIRST_BUCKETS =
            seconds(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10);
    private static final Duration[] PER_TOKEN_BUCKETS =
            seconds(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5);
    private static final double[] TOKEN_BUCKETS = {
        1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864
    };

    /** {@code last} is what sets one meter of a name apart from the next: an error, or a type of token. */
    private record Kind(String meter, String operation, String provider, String model, String last) {}

    private final MeterRegistry registry;
    private final Set<String> models = ConcurrentHashMap.newKeySet();
    private final Set<String> providers = ConcurrentHashMap.newKeySet();
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();
    private final Map<Kind, DistributionSummary> tokens = new ConcurrentHashMap<>();

    GenAiMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** One call of a provider has ended. {@code model} is a catalogue's name. */
    void called(String operation, String model, UsageEvent.Attempt call, boolean stream) {
        var provider = bounded(call.provider(), providers, MOST_PROVIDERS);
        var named = bounded(model, models, MOST_MODELS);
        var error =
                call.result() == UsageEvent.Result.SERVED ? "" : call.result().wire();
        timer(new Kind(CLIENT_DURATION, operation, provider, named, error), OPERATION_BUCKETS)
                .record(call.durationMs(), TimeUnit.MILLISECONDS);
        var first = call.firstByteMs();
        if (stream && first != null) {
            timer(new Kind(CLIENT_FIRST_CHUNK, operation, provider, named, ""), FIRST_BUCKETS)
                    .record(first, TimeUnit.MILLISECONDS);
        }
        // Billable tokens, and none where nobody knows of any.
        if (call.tokens().input() > 0) {
            tokens(new Kind(CLIENT_TOKENS, operation, provider, named, "input"))
                    .record((double) call.tokens().input());
        }
        if (call.tokens().output() > 0) {
            tokens(new Kind(CLIENT_TOKENS, operation, provider, named, "output"))
                    .record((double) call.tokens().output());
        }
    }

    /** What takes the time between two chunks of a stream that is about to be read. */
    Timer chunks(String operation, String model, String provider) {
        return timer(
                new Kind(
                        CLIENT_CHUNK,
                        operation,
                        bounded(provider, providers, MOST_PROVIDERS),
                        bounded(model, models, MOST_MODELS),
                        ""),
                PER_TOKEN_BUCKETS);
    }

    /** A caller's request has ended of which something had been sent to a provider. */
    void served(
            String operation,
            String model,
            UsageEvent.Outcome outcome,
            Duration took,
            @Nullable Duration first,
            long output) {
        var named = bounded(model, models, MOST_MODELS);
        boolean whole = outcome == UsageEvent.Outcome.COMPLETED;
        timer(new Kind(SERVER_DURATION, operation, OURSELVES, named, whole ? "" : outcome.wire()), OPERATION_BUCKETS)
                .record(took);
        if (whole && first != null) {
            timer(new Kind(SERVER_FIRST_TOKEN, operation, OURSELVES, named, ""), FIRST_BUCKETS)
                    .record(first);
            if (output > 1) {
                timer(new Kind(SERVER_TOKEN, operation, OURSELVES, named, ""), PER_TOKEN_BUCKETS)
                        .record(took.minus(first).dividedBy(output - 1));
            }
        }
    }

    private static String bounded(String name, Set<String> known, int most) {
        return known.contains(name) || (known.size() < most && known.add(name)) ? name : OTHER;
    }

    private Timer timer(Kind kind, Duration[] buckets) {
        var known = timers.get(kind);
        return known != null
                ? known
                : timers.computeIfAbsent(
                        kind,
                        fresh -> Timer.builder(fresh.meter())
                                .description("As OpenTelemetry's conventions for generative AI define it")
                                .tags(tags(fresh).and(ERROR, fresh.last()))
                                .serviceLevelObjectives(buckets)
                                .register(registry));
    }

    private DistributionSummary tokens(Kind kind) {
        var known = tokens.get(kind);
        return known != null
                ? known
                : tokens.computeIfAbsent(
                        kind,
                        fresh -> DistributionSummary.builder(fresh.meter())
                                .description("Tokens that a call of a provider used, as billed")
                                .tags(tags(fresh).and(TOKEN_TYPE, fresh.last()))
                                .serviceLevelObjectives(TOKEN_BUCKETS)
                                .register(registry));
    }

    private static Tags tags(Kind kind) {
        return Tags.of(OPERATION, kind.operation(), PROVIDER, kind.provider(), MODEL, kind.model());
    }

    private static Duration[] seconds(double... seconds) {
        return Arrays.stream(seconds)
                .mapToObj(each -> Duration.ofNanos(Math.round(each * 1e9)))
                .toArray(Duration[]::new);
    }
}
