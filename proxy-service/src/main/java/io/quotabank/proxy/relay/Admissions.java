package io.quotabank.proxy.relay;

import io.quotabank.contracts.money.Credits;
import io.quotabank.proxy.body.InputTokens;
import io.quotabank.proxy.body.MalformedRequestException;
import io.quotabank.proxy.body.Operation;
import io.quotabank.proxy.body.RequestBody;
import io.quotabank.proxy.catalog.Catalog;
import io.quotabank.proxy.catalog.PricedModel;
import io.quotabank.proxy.metering.Tokenizers;
import io.quotabank.proxy.relay.Admission.Admitted;
import io.quotabank.proxy.relay.Admission.Refused;
import io.quotabank.proxy.spending.Reservation;
import io.quotabank.proxy.spending.Spending;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Decides whether a request may be sent: its model, its price, and credits for the most that it can cost. */
final class Admissions {

    private static final long EXPECTED_OUTPUT = 500;
    private static final int BYTES_PER_TOKEN = 4;
    private static final Duration NOT_RECORDING = Duration.ofSeconds(1);

    private final Catalog catalog;
    private final Spending spending;
    private final Tokenizers tokenizers;
    private final RelayProperties properties;
    private final InstantSource clock;

    Admissions(
            Catalog catalog,
            Spending spending,
            Tokenizers tokenizers,
            RelayProperties properties,
            InstantSource clock) {
        this.catalog = catalog;
        this.spending = spending;
        this.tokenizers = tokenizers;
        this.properties = properties;
        this.clock = clock;
    }

    Admission admit(RelayRequest request, byte[] bytes, Endpoint endpoint) {
        RequestBody body;
        try {
            body = RequestBody.of(endpoint.operation(), bytes);
        } catch (MalformedRequestException malformed) {
            return new Refused(Refusal.malformed(malformed));
        }
        var name = endpoint.model() != null ? endpoint.model() : body.model();
        if (name == null) {
            return new Refused(Refusal.noModel());
        }
        var allowed = request.caller().allowedModels();
        if (!allowed.isEmpty() && !allowed.contains(name)) {
            return new Refused(Refusal.modelNotAllowed(name));
        }
        var price = catalog.find(name, request.startedAtMs());
        if (price.isEmpty()) {
            return new Refused(Refusal.unknownModel(name));
        }
        var mode = price.get().model().mode();
        if (mode != endpoint.operation().mode()) {
            return new Refused(Refusal.wrongCall(name, Operation.of(mode)));
        }
        return hasUnpricedAudio(body, price.get())
                ? new Refused(Refusal.malformed(new MalformedRequestException(
                        "The model takes no audio here: there is no price for it.", "messages")))
                : new Attempt(request, endpoint, body, price.get()).reserve();
    }

    private static boolean hasUnpricedAudio(RequestBody body, PricedModel price) {
        return body.hasAudio() && !price.model().inputModalities().contains("audio");
    }

    /** The search for a reservation that both fits the request and can be afforded. */
    private final class Attempt {
        private final RelayRequest request;
        private final Endpoint endpoint;
        private final RequestBody body;
        private final PricedModel price;
        private final boolean stream;
        private final boolean usageAsked;
        private final InputTokens input;

        Attempt(RelayRequest request, Endpoint endpoint, RequestBody body, PricedModel price) {
            this.request = request;
            this.endpoint = endpoint;
            this.body = body;
            this.price = price;
            this.stream = endpoint.alwaysStreamed() || body.stream();
            this.usageAsked = body.includeUsage();
            this.input =
                    new InputTokens(body, tokenizers.named(price.model().tokenizer()), price, properties.imageTokens());
        }

        Admission reserve() {
            return reserve(input.bound(), outputBound(), null, insufficient -> reserveTightly());
        }

        private Admission reserveTightly() {
            return reserve(input.tightBound(), outputBound(), null, this::reserveShortened);
        }

        private Admission reserveShortened(Spending.Outcome.Insufficient insufficient) {
            long affordable = body.outputLimit() != null ? 0 : affordableOutput(insufficient);
            return affordable < properties.leastOutput()
                    ? refused(insufficient)
                    : reserve(
                            input.tightBound(),
                            affordable * body.outputs() + body.predictedOutput(),
                            affordable,
                            this::refused);
        }

        private Admission reserve(
                long inputTokens,
                long outputTokens,
                @Nullable Long outputLimit,
                Function<Spending.Outcome.Insufficient, Admission> otherwise) {
            var id = request.requestId();
            return switch (spending.reserve(id, request.userId(), tier -> atMost(inputTokens, outputTokens, tier))) {
                case Spending.Outcome.Reserved(var reservation) -> admitted(reservation, outputLimit);
                case Spending.Outcome.Insufficient insufficient -> otherwise.apply(insufficient);
                case Spending.Outcome.Unavailable(var retryAfter) -> new Refused(Refusal.unavailable(retryAfter));
                case Spending.Outcome.NotRecording recording -> new Refused(Refusal.unavailable(NOT_RECORDING));
            };
        }

        private Credits atMost(long inputTokens, long outputTokens, String tier) {
            return price.atMost(inputTokens, outputTokens, price.markupBasisPoints(tier));
        }

        /** The most output tokens for each choice that what is available pays for. */
        private long affordableOutput(Spending.Outcome.Insufficient insufficient) {
            long low = 0;
            long high = outputOfEach();
            while (low < high) {
                long middle = low + (high - low + 1) / 2;
                var cost = atMost(
                        input.tightBound(), middle * body.outputs() + body.predictedOutput(), insufficient.tier());
                if (cost.compareTo(insufficient.available()) <= 0) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return low;
        }

        private long outputBound() {
            return outputOfEach() * body.outputs() + body.predictedOutput();
        }

        private long outputOfEach() {
            var limit = body.outputLimit();
            long model = price.model().maxOutputTokens();
            return limit == null ? model : Math.min(limit, model);
        }

        private Admitted admitted(Reservation reservation, @Nullable Long outputLimit) {
            var bill = new Bill(request, price, endpoint.operation(), stream, reservation, clock);
            long expected = Math.min(EXPECTED_OUTPUT * body.outputs(), outputBound());
            return new Admitted(endpoint, body, price, stream, usageAsked, input, outputLimit, expected, bill);
        }

        private Refused refused(Spending.Outcome.Insufficient insufficient) {
            return new Refused(Refusal.insufficient(insufficient.available(), insufficient.needed()));
        }
    }

    /** Input tokens to count against the limits of keys before the true number is known. */
    static long expectedInput(byte[] body) {
        return body.length / BYTES_PER_TOKEN + 1L;
    }
}
