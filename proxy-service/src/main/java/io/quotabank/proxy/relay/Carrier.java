package io.quotabank.proxy.relay;

import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.custody.Custody;
import io.quotabank.proxy.metering.ReceivedText;
import io.quotabank.proxy.metering.Tokenizers;
import io.quotabank.proxy.routing.Choice;
import io.quotabank.proxy.routing.Ending;
import io.quotabank.proxy.routing.Pick;
import io.quotabank.proxy.routing.Routing;
import io.quotabank.proxy.upstream.UpstreamClient;
import io.quotabank.proxy.upstream.UpstreamException;
import io.quotabank.proxy.upstream.UpstreamRequest;
import io.quotabank.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Carries an admitted request to a key, and to another while the client has got nothing yet. */
final class Carrier {

    private final Routing routing;
    private final Custody custody;
    private final UpstreamClient upstream;
    private final Tokenizers tokenizers;
    private final RelayProperties properties;
    private final RelayMeters meters;

    Carrier(
            Routing routing,
            Custody custody,
            UpstreamClient upstream,
            Tokenizers tokenizers,
            RelayProperties properties,
            RelayMeters meters) {
        this.routing = routing;
        this.custody = custody;
        this.upstream = upstream;
        this.tokenizers = tokenizers;
        this.properties = properties;
        this.meters = meters;
    }

    void relay(Exchange exchange) throws IOException {
        try {
            new Failover(exchange).run();
        } finally {
            exchange.bill().endByRule();
            if (exchange.usageWasOdd()) {
                meters.oddUsage();
            }
        }
    }

    /** The attempts of one request. Keys and hosts that fail have budgets of their own. */
    private final class Failover {
        private final Exchange exchange;
        private int keysFailed;
        private int hostsFailed;
        private boolean called;
        private boolean onlyRateLimits = true;
        private boolean onlyModelRefusals = true;
        private @Nullable Rejection modelRejection;
        private @Nullable Duration earliest;

        Failover(Exchange exchange) {
            this.exchange = exchange;
        }

        void run() throws IOException {
            while (keysFailed < properties.keyAttempts() && hostsFailed < properties.hostAttempts()) {
                if (exchange.presence().isGone()) {
                    exchange.clientGone(called);
                    return;
                }
                switch (routing.choose(exchange.wanted())) {
                    case Choice.Chosen(var pick) -> {
                        var failed = attempt(pick);
                        if (failed == null) {
                            return;
                        }
                        count(pick, failed);
                    }
                    case Choice.Nothing nothing -> {
                        giveUp(nothing);
                        return;
                    }
                    case Choice.Unserved unserved -> {
                        exchange.failed(called, Refusal.unserved(exchange.model()));
                        return;
                    }
                }
            }
            giveUp(new Choice.Nothing(earliest == null ? Duration.ofSeconds(1) : earliest, true, false));
        }

        /** Null where the request is over. */
        private @Nullable Result attempt(Pick pick) throws IOException {
            var key = pick.key();
            var secret = custody.open(key.keyId(), key.ownerId(), key.sealedSecret());
            if (secret.isEmpty()) {
                pick.ended(Ending.without(Result.KEY_REFUSED, null, 0));
                onlyModelRefusals = false;
                meters.unopened();
                return Result.KEY_REFUSED;
            }
            begin(pick);
            var admitted = exchange.admitted();
            var operation = admitted.body().operation().wire();
            var chunks = meters.genAi().chunks(operation, exchange.model(), key.provider());
            var tokenizer = tokenizers.named(admitted.price().model().tokenizer());
            var received = new ReceivedText(tokenizer, admitted.body().repeated());
            var call = new Call(pick, secret.get(), admitted, received, chunks);
            try {
                return send(exchange, call);
            } finally {
                if (!call.hasEnded()) {
                    call.ends(Result.CANCELLED, TokenUsage.NONE);
                }
                earlier(call.retryAfter());
                modelRejection = call.modelRejection();
                onlyModelRefusals &= modelRejection != null;
            }
        }

        private void begin(Pick pick) {
            boolean begun = false;
            try {
                exchange.bill().begins(pick);
                begun = true;
                called = true;
            } finally {
                if (!begun) {
                    pick.unused();
                }
            }
        }

        private void count(Pick pick, Result failed) {
            meters.attemptFailed(failed);
            onlyRateLimits &= failed == Result.RATE_LIMITED;
            if (failed == Result.UNREACHABLE) {
                hostsFailed++;
                exchange.wanted().hostFailed(pick);
            } else {
                keysFailed++;
                exchange.wanted().keyFailed(pick);
            }
        }

        private void giveUp(Choice.Nothing nothing) throws IOException {
            if (onlyModelRefusals && modelRejection != null && !nothing.untried()) {
                exchange.modelRefused(modelRejection);
                return;
            }
            var model = exchange.model();
            boolean rateLimited = onlyRateLimits && nothing.rateLimited();
            exchange.failed(
                    called,
                    rateLimited
                            ? Refusal.rateLimited(model, nothing.retryAfter())
                            : Refusal.noKey(model, nothing.retryAfter()));
        }

        private void earlier(@Nullable Duration wait) {
            if (wait != null && (earliest == null || wait.compareTo(earliest) < 0)) {
                earliest = wait;
            }
        }
    }

    private @Nullable Result send(Exchange exchange, Call call) throws IOException {
        try (var response = upstream.send(request(exchange, call), exchange.stop())) {
            call.answered(response);
            if (response.status() < 200 || response.status() > 299) {
                return refused(exchange, call, response);
            }
            return exchange.admitted().stream() && !isJson(response)
                    ? new StreamedAnswer(exchange, call, response, properties).relay()
                    : new PlainAnswer(exchange, call, response)
                            .relay((int) properties.maxAnswer().toBytes());
        } catch (UpstreamException failure) {
            return unanswered(exchange, call, failure);
        }
    }

    private static @Nullable Result unanswered(Exchange exchange, Call call, UpstreamException failure)
            throws IOException {
        return switch (failure.kind()) {
            case DEADLINE -> {
                exchange.timedOut(call, failure.wasSent());
                yield null;
            }
            case STOPPED -> {
                exchange.clientGone(call, failure.wasSent());
                yield null;
            }
            case ADDRESS, CONNECT, BROKEN, SILENT -> {
                call.ends(Result.UNREACHABLE, TokenUsage.NONE);
                yield Result.UNREACHABLE;
            }
        };
    }

    private UpstreamRequest request(Exchange exchange, Call call) {
        var key = call.pick().key();
        var admitted = exchange.admitted();
        var model = admitted.price().model();
        var upstreamModel = model.upstreamNames().getOrDefault(key.provider(), model.name());
        boolean openAi = key.provider().equals("openai");
        var limit = admitted.outputLimit() != null
                ? admitted.outputLimit()
                : admitted.body().limitMissing(openAi, key.providerAddress());
        var limitName = admitted.body().limitName(openAi);
        var body = admitted.body().forUpstream(upstreamModel, admitted.stream(), limit, limitName);
        return UpstreamRequest.post(
                key.baseUrl(),
                admitted.endpoint().operation().path(),
                call.secret().reveal(),
                body,
                exchange.request().forwarded(),
                admitted.stream(),
                exchange.timeLeft());
    }

    /** A provider that does not stream answers in one piece: that is passed on as what it is. */
    private static boolean isJson(UpstreamResponse response) {
        var type = response.header("content-type");
        return type != null && type.startsWith("application/json");
    }

    private static @Nullable Result refused(Exchange exchange, Call call, UpstreamResponse response)
            throws IOException {
        var rejection = Rejection.read(call, response, exchange::holds);
        var result = Verdict.of(rejection.status(), rejection.errorCode());
        if (result == Result.REQUEST_REFUSED) {
            exchange.refused(call, rejection);
            return null;
        }
        if (Verdict.isOfModel(rejection.status(), rejection.errorCode())) {
            call.modelRefused(rejection);
        }
        call.ends(result, TokenUsage.NONE);
        return result;
    }
}
