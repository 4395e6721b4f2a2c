package io.quotabank.proxy.relay;

import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.metering.ScannedAnswer;
import io.quotabank.proxy.metering.ScannedAnswer.MalformedAnswerException;
import io.quotabank.proxy.metering.SseScanner;
import io.quotabank.proxy.relay.BrokenOff.Break;
import io.quotabank.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Relays a stream of events as its bytes arrive. Until its first event the call can still fail over; from then on
 * whatever breaks it is told to the client inside the stream, and no end is made up. The books are closed before the
 * last bytes go out.
 */
final class StreamedAnswer {

    private static final Duration CONNECTION_SAVED_WITHIN = Duration.ofSeconds(1);

    private final Exchange exchange;
    private final Call call;
    private final UpstreamResponse response;
    private final RelayProperties properties;
    private final SseScanner scanner;
    private final ClientStream client;
    private final Delivery delivery;
    private int finishedChoices;
    private boolean done;
    private boolean draining;
    private byte @Nullable [] error;
    private @Nullable String errorCode;

    StreamedAnswer(Exchange exchange, Call call, UpstreamResponse response, RelayProperties properties) {
        this.exchange = exchange;
        this.call = call;
        this.response = response;
        this.properties = properties;
        this.scanner = new SseScanner((int) properties.maxEvent().toBytes(), exchange::holds);
        this.client = new ClientStream(exchange, call, response, properties.heartBeat());
        this.delivery = new Delivery(exchange, call, properties);
    }

    /** Null where the request is over, else how the call failed before the client got anything. */
    @Nullable
    Result relay() throws IOException {
        try {
            return relayed();
        } finally {
            client.gone();
        }
    }

    private @Nullable Result relayed() throws IOException {
        while (true) {
            try {
                pump(response.stream());
                return null;
            } catch (BrokenOff broken) {
                if (broken.why() == Break.CLIENT_GONE && !draining && nearItsEnd()) {
                    draining = true;
                    client.gone();
                    response.endWithin(properties.drainFor());
                } else {
                    return client.hasBegun() || broken.why() == Break.CLIENT_GONE
                            ? brokenForGood(broken.why())
                            : brokenBeforeFirst(broken.why());
                }
            } catch (RuntimeException fault) {
                if (client.hasBegun() && !call.hasEnded()) {
                    brokenForGood(Break.FAULT);
                }
                throw fault;
            }
        }
    }

    private void pump(InputStream upstream) throws BrokenOff {
        while (true) {
            takeEvents();
            if (done) {
                saveConnection(upstream);
                return;
            }
            if (read(upstream) < 0) {
                end();
                return;
            }
            if (!draining && clientGone()) {
                throw new BrokenOff(Break.CLIENT_GONE);
            }
        }
    }

    /** Nobody pays for a first token that came after the client had left: until then it is looked for each time. */
    private boolean clientGone() {
        var presence = exchange.presence();
        return call.received().isPresent() ? presence.isGone() : presence.look();
    }

    private void takeEvents() throws BrokenOff {
        try {
            for (var event = scanner.next(); event != null && !done; event = scanner.next()) {
                take(event);
            }
        } catch (SseScanner.EventTooLargeException tooLarge) {
            throw new BrokenOff(Break.TOO_LARGE);
        }
        if (client.hasBegun()) {
            write(client::flush);
            if (!done && !draining && !delivery.noteAndCover()) {
                throw new BrokenOff(Break.CREDITS_OUT);
            }
        }
    }

    private int read(InputStream upstream) throws BrokenOff {
        try {
            return scanner.fill(upstream);
        } catch (SseScanner.EventTooLargeException tooLarge) {
            throw new BrokenOff(Break.TOO_LARGE);
        } catch (IOException broken) {
            if (!draining && exchange.presence().isGone()) {
                throw new BrokenOff(Break.CLIENT_GONE);
            }
            if (response.isOverdue() && !draining) {
                throw new BrokenOff(Break.TIME_OUT);
            }
            return -1;
        }
    }

    private void take(SseScanner.Event event) throws BrokenOff {
        if (!event.hasData()) {
            write(() -> client.pass(event));
        } else if (event.isDone()) {
            if (!client.hasBegun()) {
                throw new BrokenOff(Break.PROVIDER_ERROR);
            }
            whole();
            write(() -> client.pass(event));
        } else {
            take(event, scanned(event));
        }
    }

    private void take(SseScanner.Event event, ScannedAnswer answer) throws BrokenOff {
        if (event.isError() || answer.isError()) {
            error = event.data();
            errorCode = answer.errorCode();
            throw new BrokenOff(Break.PROVIDER_ERROR);
        }
        call.chunk();
        call.responseId(answer.id());
        if (call.token()) {
            exchange.delivering();
        }
        finishedChoices += answer.isFinished() ? 1 : 0;
        var report = answer.usage();
        if (report != null) {
            call.reported(report);
        }
        write(() -> client.deliver(event, answer));
    }

    private ScannedAnswer scanned(SseScanner.Event event) throws BrokenOff {
        try {
            return event.scan(call.received());
        } catch (MalformedAnswerException malformed) {
            throw new BrokenOff(client.hasBegun() ? Break.PROVIDER_CUT : Break.PROVIDER_ERROR);
        }
    }

    /** The provider has closed the stream, or it broke: whole only if every choice had finished. */
    private void end() throws BrokenOff {
        var rest = scanner.last();
        if (rest != null && (!rest.hasData() || rest.isDone() || client.hasBegun())) {
            take(rest);
        }
        if (!done) {
            if (!client.hasBegun()
                    || finishedChoices < exchange.admitted().body().answers()) {
                throw new BrokenOff(Break.PROVIDER_CUT);
            }
            whole();
        }
        write(client::flush);
    }

    private void whole() {
        done = true;
        exchange.close(draining ? Outcome.CLIENT_GONE : Outcome.COMPLETED, call, Result.SERVED, call.usedByWhole());
    }

    /** Cheaper to read to its end than to cancel; before its first token it is never. */
    private boolean nearItsEnd() {
        if (!call.received().isPresent()) {
            return false;
        }
        long most = exchange.admitted().mostOutput();
        return finishedChoices >= exchange.admitted().body().answers()
                || most - call.output() <= properties.drainTokens();
    }

    private @Nullable Result brokenBeforeFirst(Break why) throws IOException {
        if (why == Break.TIME_OUT) {
            exchange.timedOut(call, true);
            return null;
        }
        if (why == Break.TOO_LARGE) {
            exchange.tooLarge(call);
            return null;
        }
        if (error != null) {
            return ErrorInside.ended(exchange, call, error, errorCode);
        }
        var result = why == Break.PROVIDER_ERROR ? Result.PROVIDER_ERROR : Result.CUT;
        call.ends(result, call.servedInVain());
        return result;
    }

    private @Nullable Result brokenForGood(Break why) throws IOException {
        if (exchange.bill().hasEnded()) {
            // Only the client's own going away can come after the books were closed.
            return null;
        }
        var used = new Call.Used(call.usedSoFar(), Metering.COUNTED);
        switch (why) {
            case PROVIDER_ERROR, PROVIDER_CUT -> {
                exchange.close(draining ? Outcome.CLIENT_GONE : Outcome.UPSTREAM_CUT, call, Result.CUT, used);
                client.error("upstream_error", "The provider broke off the answer.");
            }
            case TIME_OUT -> {
                exchange.close(Outcome.TIMED_OUT, call, Result.CANCELLED, used);
                client.error("timeout", "The answer took longer than the longest request time.");
            }
            case CREDITS_OUT -> {
                exchange.closeExhausted(call, used.tokens());
                client.error("insufficient_quota", "The answer outgrew the credits reserved for it.");
            }
            case FAULT, TOO_LARGE -> {
                exchange.close(Outcome.UPSTREAM_CUT, call, Result.CANCELLED, used);
                client.error("internal_error", "The answer was broken off here.");
            }
            case CLIENT_GONE -> {
                response.close();
                exchange.close(Outcome.CLIENT_GONE, call, Result.CANCELLED, used);
            }
        }
        return null;
    }

    /** The client has everything; a connection that is read to its end serves the next call too. */
    private void saveConnection(InputStream upstream) {
        try {
            client.close();
            response.endWithin(CONNECTION_SAVED_WITHIN);
            upstream.transferTo(OutputStream.nullOutputStream());
        } catch (IOException lost) {
            // The answer is whole and booked: a lost connection, on either side, changes nothing any more.
            return;
        }
    }

    private interface Write {
        void run() throws IOException;
    }

    private static void write(Write write) throws BrokenOff {
        try {
            write.run();
        } catch (IOException gone) {
            throw new BrokenOff(Break.CLIENT_GONE);
        }
    }
}
