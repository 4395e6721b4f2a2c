package io.quotabank.proxy.verification;

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

    /** A chat of one word. A provider that knows only one of the two names of the output limit is asked by the other. */
    Verdict chat(String baseUrl, OpenedSecret secret, String model) {
        var first = chat(baseUrl, secret, body(model, "max_tokens", FEWEST_TOKENS));
        return first instanceof Verdict.Refused
                ? chat(baseUrl, secret, body(model, "max_completion_tokens", FEWEST_TOKENS_OF_THINKERS))
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

    private Verdict chat(String baseUrl, OpenedSecret secret, byte[] body) {
        var call = UpstreamRequest.post(
                baseUrl, "/chat/completions", secret.reveal(), body, Map.of(), false, properties.callLimit());
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
                boolean served = status == 200 && answer != null && answer.hasChoices() && !answer.isError();
                yield served
                        ? new Verdict.Served()
                        : new Verdict.Refused("A minimal chat with this model was refused.");
            }
        };
    }

    private static @Nullable ScannedAnswer scanned(byte[] body) {
        try {
            return ScannedAnswer.of(body, 0, body.length, new ReceivedText(text -> 0));
        } catch (MalformedAnswerException notAnAnswer) {
            return null;
        }
    }

    private static byte[] body(String model, String limitName, int limit) {
        var body = JSON.createObjectNode().put("model", model).put(limitName, limit);
        body.putArray("messages").addObject().put("role", "user").put("content", "ping");
        return JSON.writeValueAsBytes(body);
    }
}
