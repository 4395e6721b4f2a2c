package io.quotabank.proxy.verification;

import io.quotabank.contracts.catalog.CatalogRecord.Mode;
import io.quotabank.proxy.custody.OpenedSecret;
import io.quotabank.proxy.metering.ReceivedText;
import io.quotabank.proxy.metering.ScannedAnswer;
import io.quotabank.proxy.metering.ScannedAnswer.MalformedAnswerException;
import io.quotabank.proxy.upstream.UpstreamClient;
import io.quotabank.proxy.upstream.UpstreamException;
import io.quotabank.proxy.upstream.UpstreamRequest;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The real calls that a verification makes: as small as the protocol allows. Details never quote the provider. */
final class Probe {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHAT = "/chat/completions";
    private static final int LARGEST_ANSWER = 1 << 20;
    private static final int FEWEST_TOKENS = 1;
    // Models that think refuse less.
    private static final int FEWEST_TOKENS_OF_THINKERS = 16;

    private final UpstreamClient upstream;
    private final VerificationProperties properties;

    Probe(UpstreamClient upstream, VerificationProperties properties) {
        this.upstream = upstream;
        this.properties = properties;
    }

    /** The smallest call that a model of this mode takes. */
    Verdict call(String baseUrl, OpenedSecret secret, String model, Mode mode) {
        return switch (mode) {
            case CHAT -> chat(baseUrl, secret, model);
            case COMPLETION -> call(baseUrl, secret, "/completions", completion(model));
            case EMBEDDING -> call(baseUrl, secret, "/embeddings", embedding(model));
        };
    }

    /** A chat of one word. A provider that knows only one of the two names of the output limit is asked by the other. */
    private Verdict chat(String baseUrl, OpenedSecret secret, String model) {
        var first = call(baseUrl, secret, CHAT, chat(model, "max_tokens", FEWEST_TOKENS));
        return first instanceof Verdict.Refused
                ? call(baseUrl, secret, CHAT, chat(model, "max_completion_tokens", FEWEST_TOKENS_OF_THINKERS))
                : first;
    }

    Verdict balance(ToldBalance told, OpenedSecret secret) {
        var call = UpstreamRequest.get(told.root(), told.path(), secret.reveal(), properties.callLimit());
        try (var response = upstream.send(call)) {
            if (response.status() == 429 || response.status() >= 500) {
                return new Verdict.Unreachable("The provider could not tell the balance just now.");
            }
            return new Verdict.Balance(response.status() == 200 ? told.usd(response.body(LARGEST_ANSWER)) : null);
        } catch (UpstreamException | IOException failure) {
            return new Verdict.Unreachable("The provider could not be asked for the balance.");
        }
    }

    private Verdict call(String baseUrl, OpenedSecret secret, String path, byte[] body) {
        var call = UpstreamRequest.post(baseUrl, path, secret.reveal(), body, Map.of(), false, properties.callLimit());
        try (var response = upstream.send(call)) {
            return verdict(response.status(), response.body(LARGEST_ANSWER));
        } catch (UpstreamException failure) {
            return failure.kind() == UpstreamException.Kind.ADDRESS
                    ? new Verdict.AddressRefused()
                    : new Verdict.Unreachable("The provider could not be reached.");
        } catch (IOException broken) {
            return new Verdict.Unreachable("The provider broke off its answer.");
        }
    }

    private static Verdict verdict(int status, byte[] body) {
        var answer = scanned(body);
        var code = answer == null ? null : answer.errorCode();
        if (status == 402 || "insufficient_quota".equals(code)) {
            return new Verdict.Exhausted();
        }
        return switch (status) {
            case 401, 403 -> new Verdict.KeyRefused();
            case 404 -> new Verdict.Refused("The provider does not serve this model with this key.");
            case 408, 429 -> new Verdict.Unreachable("The provider limits this key just now.");
            default -> {
                if (status >= 500) {
                    yield new Verdict.Unreachable("The provider failed to answer.");
                }
                boolean served = status == 200 && answer != null && hasAnswered(answer);
                yield served ? new Verdict.Served() : new Verdict.Refused("A minimal call of this model was refused.");
            }
        };
    }

    private static boolean hasAnswered(ScannedAnswer answer) {
        return (answer.hasChoices() || answer.hasData()) && !answer.isError();
    }

    private static @Nullable ScannedAnswer scanned(byte[] body) {
        try {
            return ScannedAnswer.of(body, 0, body.length, new ReceivedText(text -> 0));
        } catch (MalformedAnswerException notAnAnswer) {
            return null;
        }
    }

    private static byte[] completion(String model) {
        return JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("model", model)
                .put("prompt", "ping")
                .put("max_tokens", FEWEST_TOKENS));
    }

    private static byte[] embedding(String model) {
        return JSON.writeValueAsBytes(
                JSON.createObjectNode().put("model", model).put("input", "ping"));
    }

    private static byte[] chat(String model, String limitName, int limit) {
        var body = JSON.createObjectNode().put("model", model).put(limitName, limit);
        body.putArray("messages").addObject().put("role", "user").put("content", "ping");
        return JSON.writeValueAsBytes(body);
    }
}
