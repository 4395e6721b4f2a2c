package io.quotabank.sandbox.control;

import io.quotabank.sandbox.fault.Fault;
import io.quotabank.sandbox.fault.Faults;
import io.quotabank.sandbox.key.ApiKey;
import io.quotabank.sandbox.key.Prices;
import java.math.BigDecimal;
import java.util.Set;

/** Reads the bodies of the control API's commands; what is wrong with one is an IllegalArgumentException. */
final class Commands {

    private static final Set<String> KEY = Set.of(
            "models",
            "balanceUsd",
            "requestsPerMinute",
            "tokensPerMinute",
            "tokensPerSecond",
            "inputUsdPerMillion",
            "outputUsdPerMillion");
    private static final Set<String> PLAN = Set.of("match", "times", "forMs", "probability", "fault");
    private static final Set<String> MATCH = Set.of("apiKey", "model", "path", "host");
    private static final Set<String> FAULT = Set.of(
            "kind",
            "status",
            "retryAfterSeconds",
            "code",
            "ms",
            "afterChunks",
            "factor",
            "promptTokens",
            "completionTokens",
            "bytesPerSecond",
            "from");

    private Commands() {}

    static ApiKey.Settings settings(byte[] bytes) {
        var body = Body.read(bytes, KEY);
        return new ApiKey.Settings(
                body.strings("models"),
                body.number("balanceUsd"),
                body.integerOr("requestsPerMinute", 0),
                body.integerOr("tokensPerMinute", 0),
                body.numberOr("tokensPerSecond", BigDecimal.ZERO).doubleValue(),
                prices(body));
    }

    private static Prices prices(Body body) {
        var input = body.number("inputUsdPerMillion");
        var output = body.number("outputUsdPerMillion");
        if (input == null && output == null) {
            return Prices.DEFAULT;
        }
        if (input == null || output == null) {
            throw new IllegalArgumentException("inputUsdPerMillion and outputUsdPerMillion come together.");
        }
        return Prices.of(input, output);
    }

    static BigDecimal spending(byte[] bytes) {
        var usd = Body.read(bytes, Set.of("usd")).number("usd");
        if (usd == null) {
            throw Body.missing("usd");
        }
        return usd;
    }

    static Faults.Plan plan(byte[] bytes) {
        var body = Body.read(bytes, PLAN);
        var times = body.integer("times");
        var probability = body.number("probability");
        if (times != null && probability != null) {
            throw new IllegalArgumentException("A fault has either times or probability.");
        }
        var chance = probability == null ? 1 : probability.doubleValue();
        return new Faults.Plan(match(body), times, body.integer("forMs"), chance, fault(body));
    }

    private static Faults.Match match(Body body) {
        var match = body.object("match", MATCH);
        return match == null
                ? new Faults.Match(null, null, null, null)
                : new Faults.Match(
                        match.string("apiKey"), match.string("model"), match.string("path"), match.string("host"));
    }

    private static Fault fault(Body body) {
        var fault = body.object("fault", FAULT);
        if (fault == null) {
            throw Body.missing("fault");
        }
        return switch (fault.string("kind")) {
            case "status" ->
                new Fault.Status(
                        fault.requiredInteger("status"), fault.integer("retryAfterSeconds"), fault.string("code"));
            case "delay" -> new Fault.Delay(fault.requiredInteger("ms"));
            case "refuse", "reset" -> new Fault.Reset();
            case "cut" -> new Fault.Cut(fault.integerOr("afterChunks", 1));
            case "stall" -> new Fault.Stall(fault.integerOr("afterChunks", 1));
            case "malformedChunk" -> new Fault.MalformedChunk(fault.integerOr("afterChunks", 1));
            case "errorEvent" -> new Fault.ErrorEvent(fault.integerOr("afterChunks", 0));
            case "omitUsage" -> new Fault.OmitUsage();
            case "wrongUsage" ->
                new Fault.WrongUsage(factor(fault), fault.integer("promptTokens"), fault.integer("completionTokens"));
            case "doubleUsage" -> new Fault.DoubleUsage(factor(fault));
            case "slow" -> new Fault.Slow(fault.integerOr("bytesPerSecond", 1), fromHead(fault));
            case null, default ->
                throw new IllegalArgumentException("A fault's kind is one of status, delay, refuse, reset, cut, stall,"
                        + " malformedChunk, errorEvent, omitUsage, wrongUsage, doubleUsage and slow.");
        };
    }

    private static double factor(Body fault) {
        return fault.numberOr("factor", BigDecimal.ONE).doubleValue();
    }

    private static boolean fromHead(Body fault) {
        return switch (fault.string("from")) {
            case "head" -> true;
            case "body" -> false;
            case null -> false;
            default -> throw new IllegalArgumentException("A slow answer's from is head or body.");
        };
    }
}
