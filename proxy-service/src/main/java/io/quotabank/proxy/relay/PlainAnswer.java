package io.quotabank.proxy.relay;

import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.contracts.usage.UsageEvent.Result;
import io.quotabank.proxy.body.Operation;
import io.quotabank.proxy.metering.ScannedAnswer;
import io.quotabank.proxy.metering.ScannedAnswer.MalformedAnswerException;
import io.quotabank.proxy.upstream.UpstreamResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Relays an answer in one piece: read whole, priced, closed in the books, and only then sent to the client. */
final class PlainAnswer {

    private final Exchange exchange;
    private final Call call;
    private final UpstreamResponse response;

    PlainAnswer(Exchange exchange, Call call, UpstreamResponse response) {
        this.exchange = exchange;
        this.call = call;
        this.response = response;
    }

    /** Null where the request is over, else how the call failed before the client got anything. */
    @Nullable
    Result relay(int limitBytes) throws IOException {
        byte[] body;
        try {
            body = response.body(limitBytes, exchange::holds);
        } catch (UpstreamResponse.BodyTooLargeException tooLarge) {
            exchange.tooLarge(call);
            return null;
        } catch (UpstreamResponse.NoRoomException noRoom) {
            exchange.noRoom(call);
            return null;
        } catch (IOException broken) {
            if (exchange.presence().isGone()) {
                exchange.clientGone(call, true);
                return null;
            }
            if (response.isOverdue()) {
                exchange.timedOut(call, true);
                return null;
            }
            return failed(Result.CUT);
        }
        ScannedAnswer answer;
        try {
            answer = scanned(body);
        } catch (MalformedAnswerException notAnAnswer) {
            return failed(Result.PROVIDER_ERROR);
        }
        if (answer.isError()) {
            return ErrorInside.ended(exchange, call, body, answer.errorCode());
        }
        deliver(body, answer);
        return null;
    }

    private ScannedAnswer scanned(byte[] body) throws MalformedAnswerException {
        return exchange.admitted().endpoint().operation() == Operation.EMBEDDINGS
                ? ScannedAnswer.withoutOutput(body, call.received())
                : ScannedAnswer.of(body, 0, body.length, call.received());
    }

    private void deliver(byte[] body, ScannedAnswer answer) throws IOException {
        call.responseId(answer.id());
        var report = answer.usage();
        if (report != null) {
            call.reported(report);
        }
        exchange.close(Outcome.COMPLETED, call, Result.SERVED, call.usedByWhole());
        var cost = exchange.bill().cost().toString();
        var told = answer.hasUsageObject() ? answer.withCost(cost) : body;
        var sent = exchange.admitted().endpoint().wrapped() ? Wrapping.of(told) : told;
        var client = exchange.client();
        client.setStatus(response.status());
        var type = response.header("content-type");
        client.setContentType(type == null ? "application/json" : type);
        exchange.headers(call.upstreamRequestId(), response.header("openai-processing-ms"));
        client.setHeader("x-quotabank-charge", cost);
        client.setHeader("x-quotabank-balance", exchange.bill().balance().toString());
        client.setContentLength(sent.length);
        client.getOutputStream().write(sent);
    }

    private Result failed(Result result) {
        call.ends(result, call.servedInVain());
        return result;
    }
}
