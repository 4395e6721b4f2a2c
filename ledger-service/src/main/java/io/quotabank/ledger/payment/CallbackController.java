package io.quotabank.ledger.payment;

import io.quotabank.ledger.payment.Payments.Taken;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Reading;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Reply;
import io.quotabank.ledger.paymentprovider.PaymentProviders;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where providers notify. They have no token of ours: the gateway lets these paths through in its own name, and what
 * counts is the provider's signature over the bytes of the body.
 */
@RestController
class CallbackController {

    private static final Logger LOG = LoggerFactory.getLogger(CallbackController.class);

    private final PaymentProviders providers;
    private final Payments payments;

    CallbackController(PaymentProviders providers, Payments payments) {
        this.providers = providers;
        this.payments = payments;
    }

    // The body is read as it came: for a form, Spring would put one together from its parameters.
    @PostMapping("/api/payment/callback/{name:wechat|alipay|stripe}")
    ResponseEntity<?> notified(@PathVariable String name, HttpServletRequest request, Caller caller)
            throws IOException {
        if (!caller.isService()) {
            return Problems.response("not_found");
        }
        var provider = providers.find(PaymentProvider.Name.of(name));
        if (provider.isEmpty()) {
            return Problems.response("not_found");
        }
        return answer(notified(provider.get(), callback(request)));
    }

    private Reply notified(PaymentProvider provider, PaymentProvider.Callback callback) {
        return switch (provider.read(callback)) {
            case Reading.Refused(String why) -> {
                LOG.warn("a notification of {} was refused: {}", provider.name(), why);
                yield provider.refused();
            }
            case Reading.Genuine genuine -> {
                boolean known = true;
                for (var event : genuine.events()) {
                    known &= !(payments.take(provider.name(), event) instanceof Taken.Unknown);
                }
                yield known ? provider.accepted() : provider.failed();
            }
        };
    }

    private static PaymentProvider.Callback callback(HttpServletRequest request) throws IOException {
        var headers = new HashMap<String, String>();
        for (var name : Collections.list(request.getHeaderNames())) {
            headers.put(name.toLowerCase(Locale.ROOT), request.getHeader(name));
        }
        return new PaymentProvider.Callback(
                headers, new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static ResponseEntity<String> answer(Reply reply) {
        return ResponseEntity.status(reply.status())
                .header(HttpHeaders.CONTENT_TYPE, reply.contentType())
                .body(reply.body());
    }
}
