package io.quotabank.proxy.relay;

import io.quotabank.contracts.usage.UsageEvent.Result;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An error that a provider delivers inside an answer of the 200 class, before the client has got anything. */
final class ErrorInside {

    /** Ends the call; null where the request is over, too, because the provider says that it was at fault. */
    static @Nullable Result ended(Exchange exchange, Call call, byte[] body, @Nullable String code) throws IOException {
        var result = Verdict.ofErrorInside(code);
        int status = Verdict.statusOf(code);
        if (result == Result.REQUEST_REFUSED) {
            exchange.refused(call, Rejection.inside(call, status, body));
            return null;
        }
        if (Verdict.isOfModel(status, code)) {
            call.modelRefused(Rejection.inside(call, status, body));
        }
        call.ends(result, call.servedInVain());
        return result;
    }

    private ErrorInside() {}
}
