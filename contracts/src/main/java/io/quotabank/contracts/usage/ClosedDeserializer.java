package io.quotabank.contracts.usage;

import static io.quotabank.contracts.usage.Values.begin;
import static io.quotabank.contracts.usage.Values.byWire;
import static io.quotabank.contracts.usage.Values.constant;
import static io.quotabank.contracts.usage.Values.credits;
import static io.quotabank.contracts.usage.Values.isNull;
import static io.quotabank.contracts.usage.Values.list;
import static io.quotabank.contracts.usage.Values.text;
import static io.quotabank.contracts.usage.Values.uuid;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent.Attempt;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.contracts.usage.UsageEvent.Routing;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads closing records token by token: every consumer of {@code usage.v1} reads each one, and data binding takes three
 * times as long. Members that it does not know are passed over; a number is nothing but a number.
 */
final class ClosedDeserializer extends ValueDeserializer<Closed> {

    private static final Map<String, Outcome> OUTCOMES = byWire(Outcome.values(), Outcome::wire);
    private static final Map<String, Metering> METERINGS = byWire(Metering.values(), Metering::wire);
    private static final Map<String, Result> RESULTS = byWire(Result.values(), Result::wire);

    @Override
    public Closed deserialize(JsonParser json, DeserializationContext context) {
        try {
            return new ClosedMembers().read(json, context);
        } catch (IllegalArgumentException | NullPointerException | ArithmeticException broken) {
            throw context.instantiationException(Closed.class, broken);
        }
    }

    // What is missing is null, and refused where the record has a primitive or its constructor minds.
    @SuppressWarnings("NullAway") // As the records' components are to data binding.
    private static final class ClosedMembers {
        private @Nullable UUID requestId;
        private @Nullable UUID userId;
        private @Nullable UUID accessKeyId;
        private @Nullable String operation;
        private @Nullable String requestModel;
        private @Nullable Boolean stream;
        private @Nullable Long priceVersion;
        private @Nullable String tier;
        private @Nullable Integer markupBasisPoints;
        private @Nullable Outcome outcome;
        private @Nullable Metering metering;
        private @Nullable TokenUsage tokens;
        private @Nullable Credits cost;
        private @Nullable List<Funding> funding;
        private @Nullable List<Attempt> attempts;
        private @Nullable Routing routing;
        private @Nullable Long startedAtMs;
        private @Nullable Long firstByteAtMs;
        private @Nullable Long closedAtMs;
        private @Nullable String clientRequestId;

        Closed read(JsonParser json, DeserializationContext context) {
            begin(json, context);
            for (var name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                member(name, json, context);
            }
            return new Closed(
                    requestId,
                    userId,
                    accessKeyId,
                    operation,
                    requestModel,
                    stream,
                    priceVersion,
                    tier,
                    markupBasisPoints,
                    outcome,
                    metering,
                    tokens,
                    cost,
                    funding,
                    attempts,
                    routing,
                    startedAtMs,
                    firstByteAtMs,
                    closedAtMs,
                    clientRequestId);
        }

        private void member(String name, JsonParser json, DeserializationContext context) {
            switch (name) {
                case "requestId" -> requestId = uuid(json, context);
                case "userId" -> userId = uuid(json, context);
                case "accessKeyId" -> accessKeyId = uuid(json, context);
                case "gen_ai.operation.name" -> operation = text(json, context);
                case "gen_ai.request.model" -> requestModel = text(json, context);
                case "gen_ai.request.stream" -> stream = json.getBooleanValue();
                case "priceVersion" -> priceVersion = json.getLongValue();
                case "tier" -> tier = text(json, context);
                case "markupBasisPoints" -> markupBasisPoints = json.getIntValue();
                case "outcome" -> outcome = constant(OUTCOMES, Outcome.class, json, context);
                case "metering" -> metering = constant(METERINGS, Metering.class, json, context);
                case "tokens" -> tokens = tokens(json, context);
                case "cost" -> cost = credits(json);
                case "funding" -> funding = list(json, context, ClosedDeserializer::funding);
                case "attempts" ->
                    attempts = list(json, context, (each, inside) -> new AttemptMembers().read(each, inside));
                case "routing" -> routing = routing(json, context);
                case "startedAtMs" -> startedAtMs = json.getLongValue();
                case "firstByteAtMs" -> firstByteAtMs = isNull(json) ? null : json.getLongValue();
                case "closedAtMs" -> closedAtMs = json.getLongValue();
                case "clientRequestId" -> clientRequestId = text(json, context);
                default -> json.skipChildren();
            }
        }
    }

    @SuppressWarnings("NullAway") // As above.
    private static final class AttemptMembers {
        private @Nullable UUID keyId;
        private @Nullable UUID ownerId;
        private @Nullable Integer ownerBasisPoints;
        private @Nullable String provider;
        private @Nullable Result result;
        private @Nullable Integer status;
        private @Nullable TokenUsage tokens;
        private @Nullable Credits served;
        private @Nullable Credits listCost;
        private @Nullable Long firstByteMs;
        private @Nullable Long durationMs;
        private @Nullable String responseId;
        private @Nullable String upstreamRequestId;

        Attempt read(JsonParser json, DeserializationContext context) {
            begin(json, context);
            for (var name = json.nextName(); name != null; name = json.nextName()) {
                json.nextToken();
                member(name, json, context);
            }
            return new Attempt(
                    keyId,
                    ownerId,
                    ownerBasisPoints,
                    provider,
                    result,
                    status,
                    tokens,
                    served,
                    listCost,
                    firstByteMs,
                    durationMs,
                    responseId,
                    upstreamRequestId);
        }

        private void member(String name, JsonParser json, DeserializationContext context) {
            switch (name) {
                case "keyId" -> keyId = uuid(json, context);
                case "ownerId" -> ownerId = uuid(json, context);
                case "ownerBasisPoints" -> ownerBasisPoints = json.getIntValue();
                case "gen_ai.provider.name" -> provider = text(json, context);
                case "result" -> result = constant(RESULTS, Result.class, json, context);
                case "http.response.status_code" -> status = isNull(json) ? null : json.getIntValue();
                case "tokens" -> tokens = tokens(json, context);
                case "served" -> served = credits(json);
                case "listCost" -> listCost = credits(json);
                case "firstByteMs" -> firstByteMs = isNull(json) ? null : json.getLongValue();
                case "durationMs" -> durationMs = json.getLongValue();
                case "gen_ai.response.id" -> responseId = text(json, context);
                case "upstreamRequestId" -> upstreamRequestId = text(json, context);
                default -> json.skipChildren();
            }
        }
    }

    @SuppressWarnings("NullAway") // As above.
    private static Funding funding(JsonParser json, DeserializationContext context) {
        begin(json, context);
        UUID hold = null;
        Credits atMost = null;
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            switch (name) {
                case "hold" -> hold = uuid(json, context);
                case "atMost" -> atMost = credits(json);
                default -> json.skipChildren();
            }
        }
        return new Funding(hold, atMost);
    }

    @SuppressWarnings("NullAway") // As above.
    private static @Nullable TokenUsage tokens(JsonParser json, DeserializationContext context) {
        if (isNull(json)) {
            return null;
        }
        begin(json, context);
        Long input = null;
        Long output = null;
        Long cacheRead = null;
        Long cacheCreation = null;
        Long reasoning = null;
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            switch (name) {
                case "gen_ai.usage.input_tokens" -> input = json.getLongValue();
                case "gen_ai.usage.output_tokens" -> output = json.getLongValue();
                case "gen_ai.usage.cache_read.input_tokens" -> cacheRead = json.getLongValue();
                case "gen_ai.usage.cache_creation.input_tokens" -> cacheCreation = json.getLongValue();
                case "gen_ai.usage.reasoning.output_tokens" -> reasoning = json.getLongValue();
                default -> json.skipChildren();
            }
        }
        return new TokenUsage(input, output, cacheRead, cacheCreation, reasoning);
    }

    @SuppressWarnings("NullAway") // As above.
    private static @Nullable Routing routing(JsonParser json, DeserializationContext context) {
        if (isNull(json)) {
            return null;
        }
        begin(json, context);
        String strategy = null;
        Double score = null;
        Double cost = null;
        Double performance = null;
        Double reliability = null;
        Double multiplier = null;
        for (var name = json.nextName(); name != null; name = json.nextName()) {
            json.nextToken();
            switch (name) {
                case "strategy" -> strategy = text(json, context);
                case "score" -> score = json.getDoubleValue();
                case "cost" -> cost = json.getDoubleValue();
                case "performance" -> performance = json.getDoubleValue();
                case "reliability" -> reliability = json.getDoubleValue();
                case "multiplier" -> multiplier = json.getDoubleValue();
                default -> json.skipChildren();
            }
        }
        return new Routing(strategy, score, cost, performance, reliability, multiplier);
    }
}
