package io.quotabank.ledger.credit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.credit.CreditController.RechargeBody;
import io.quotabank.ledger.payment.PaymentOrder;
import io.quotabank.ledger.payment.PaymentOrders;
import io.quotabank.ledger.payment.PaymentOrders.Outcome;
import io.quotabank.ledger.payment.PaymentOrders.Purchase;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/** What a recharge is for somebody who has to pay for it first. */
@Component
class Purchases {

    /** @param credits what will be booked once it is paid */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record OrderedBody(
            boolean success,
            String status,
            UUID order,
            BigDecimal credits,
            @JsonProperty("pay_url") @Nullable String payUrl,
            @JsonProperty("code_url") @Nullable String codeUrl) {}

    private static final int FEN_DIGITS = 2;

    private final PaymentOrders orders;

    Purchases(PaymentOrders orders) {
        this.orders = orders;
    }

    ResponseEntity<?> open(RechargeBody body, @Nullable String key, Caller caller) {
        if (body.userId() != null && !body.userId().equals(caller.userId())) {
            return Problems.response("forbidden", "people buy credits for themselves");
        }
        return switch (orders.open(purchase(body, caller.userId()), body.orderId(), key)) {
            case Outcome.Opened(PaymentOrder order) -> ResponseEntity.ok(body(order));
            case Outcome.NoSuchPackage none -> Problems.response("package_not_offered");
            case Outcome.ProviderNotOffered none -> Problems.response("payment_method_not_offered");
            case Outcome.ProviderAway away -> {
                var problem = Problems.of("service_unavailable", "the payment provider can't be reached");
                yield ResponseEntity.status(problem.getStatus())
                        .header(HttpHeaders.RETRY_AFTER, "5")
                        .body(problem);
            }
            case Outcome.Reused reused -> Problems.response("idempotency_key_reused");
            case Outcome.InFlight inFlight -> Problems.response("request_in_flight");
            case Outcome.TooManyUnpaid(int most) ->
                Problems.response("too_many_unpaid_orders", "at most " + most + " orders may wait for payment");
        };
    }

    private static Purchase purchase(RechargeBody body, UUID person) {
        if (body.paymentMethod() == null) {
            throw new IllegalArgumentException("payment_method is needed");
        }
        return new Purchase(
                person,
                provider(PaymentMethod.of(body.paymentMethod())),
                body.packageId(),
                body.amount() == null ? null : fen(body.amount()),
                body.credits() == null ? null : Credits.ofDecimal(body.credits()));
    }

    private static PaymentProvider.Name provider(PaymentMethod method) {
        return switch (method) {
            case WECHAT -> PaymentProvider.Name.WECHAT;
            case ALIPAY -> PaymentProvider.Name.ALIPAY;
            case STRIPE -> PaymentProvider.Name.STRIPE;
            case MANUAL -> throw new IllegalArgumentException("payment_method is wechat, alipay or stripe");
        };
    }

    private static long fen(BigDecimal yuan) {
        try {
            return yuan.movePointRight(FEN_DIGITS).longValueExact();
        } catch (ArithmeticException tooFineOrTooLarge) {
            throw new IllegalArgumentException("amount is yuan with at most two decimals");
        }
    }

    private static OrderedBody body(PaymentOrder order) {
        return new OrderedBody(
                true, order.state().wire(), order.id(), order.credits().toDecimal(), order.payUrl(), order.codeUrl());
    }
}
