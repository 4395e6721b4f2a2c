package io.quotabank.ledger.payment;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quotabank.ledger.debt.Debts;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import io.quotabank.ledger.text.Text;
import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.problem.Problems;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/payment/orders")
class PaymentController {

    /**
     * @param amount yuan
     * @param refunded yuan that went back, or are disputed
     * @param taken credits taken back for them
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record OrderBody(
            UUID id,
            @JsonProperty("user_id") UUID userId,
            @JsonProperty("payment_method") String method,
            @JsonProperty("package_id") UUID packageId,
            String status,
            BigDecimal amount,
            BigDecimal credits,
            @JsonProperty("order_id") @Nullable String key,
            @JsonProperty("pay_url") @Nullable String payUrl,
            @JsonProperty("code_url") @Nullable String codeUrl,
            BigDecimal refunded,
            BigDecimal taken,
            @JsonProperty("opened_at") long openedAt,
            @JsonProperty("closes_at") long closesAt) {}

    /** @param debt credits owed; the next recharges settle them first */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    private record OrdersBody(
            boolean success,
            List<OrderBody> orders,
            @Nullable UUID next,
            BigDecimal debt) {}

    /** @param amount yuan; absent for all that is left */
    record RefundBody(@Nullable BigDecimal amount, @Nullable String reason) {}

    private record RefundedBody(boolean success, String refund, String status, BigDecimal amount) {}

    private static final int PAGE = 20;
    private static final int LARGEST_PAGE = 100;
    private static final int FEN_DIGITS = 2;
    private static final int LONGEST_REASON = 80;

    private final OrderStore orders;
    private final Payments payments;
    private final PaymentRefunds refunds;
    private final Debts debts;

    PaymentController(OrderStore orders, Payments payments, PaymentRefunds refunds, Debts debts) {
        this.orders = orders;
        this.payments = payments;
        this.refunds = refunds;
        this.debts = debts;
    }

    /** The caller's own orders; others' for those who look after them. */
    @GetMapping
    ResponseEntity<?> page(
            @RequestParam(name = "user_id", required = false) @Nullable UUID userId,
            @RequestParam(required = false) @Nullable UUID cursor,
            @RequestParam(required = false) @Nullable Integer limit,
            Caller caller) {
        int size = limit == null ? PAGE : limit;
        if (size < 1 || size > LARGEST_PAGE) {
            throw new IllegalArgumentException("limit is 1 to " + LARGEST_PAGE);
        }
        if (userId == null && !caller.isPerson()) {
            throw new IllegalArgumentException("user_id is needed");
        }
        var person = userId == null ? caller.userId() : userId;
        if (!maySee(person, caller)) {
            return Problems.response("not_found");
        }
        var page = orders.page(person, cursor, size);
        return ResponseEntity.ok(new OrdersBody(
                true,
                page.stream().map(this::body).toList(),
                page.size() == size ? page.getLast().id() : null,
                debts.of(person).toDecimal()));
    }

    @GetMapping("/{id}")
    ResponseEntity<?> one(@PathVariable UUID id, Caller caller) {
        return visible(id, caller)
                .<ResponseEntity<?>>map(order -> ResponseEntity.ok(body(order)))
                .orElseGet(() -> Problems.response("not_found"));
    }

    @PostMapping("/{id}/refunds")
    ResponseEntity<?> refund(
            @PathVariable UUID id,
            @RequestBody RefundBody body,
            @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
            Caller caller) {
        if (!caller.has("admin")) {
            return Problems.response("forbidden", "only administrators refund payments");
        }
        var order = orders.find(id);
        if (order.isEmpty()) {
            return Problems.response("not_found");
        }
        return refunds.refund(order.get(), fen(body.amount()), reason(body.reason()), caller.subject(), key)
                .response(PaymentController::answer);
    }

    private static ResponseEntity<?> answer(PaymentRefunds.Outcome outcome) {
        return switch (outcome) {
            case PaymentRefunds.Outcome.Asked(ReturnStore.Made made) ->
                ResponseEntity.ok(new RefundedBody(
                        made.state() != RefundState.FAILED,
                        made.key(),
                        made.state().wire(),
                        yuan(made.amountFen())));
            case PaymentRefunds.Outcome.NothingPaid nothing -> Problems.response("order_not_paid");
            case PaymentRefunds.Outcome.TooMuch(long left) ->
                Problems.response("refund_too_large", "of this payment " + yuan(left) + " yuan are left");
        };
    }

    private Optional<PaymentOrder> visible(UUID id, Caller caller) {
        return orders.find(id).filter(order -> maySee(order.person(), caller));
    }

    private static boolean maySee(UUID person, Caller caller) {
        return caller.isService()
                || caller.has("admin")
                || caller.has("auditor")
                || caller.userId().equals(person);
    }

    private OrderBody body(PaymentOrder order) {
        var paid = payments.of(order.id());
        return new OrderBody(
                order.id(),
                order.person(),
                order.provider().wire(),
                order.packageId(),
                order.state().wire(),
                yuan(order.amountFen()),
                order.credits().toDecimal(),
                orderId(order),
                order.payUrl(),
                order.codeUrl(),
                yuan(paid.stream().mapToLong(Payment::clawedFen).sum()),
                paid.stream().map(payment -> payment.clawed().toDecimal()).reduce(BigDecimal.ZERO, BigDecimal::add),
                order.openedAt().toEpochMilli(),
                order.closesAt().toEpochMilli());
    }

    private static @Nullable String orderId(PaymentOrder order) {
        var key = order.key();
        return key != null && key.startsWith(PaymentOrders.ORDER_ID)
                ? key.substring(PaymentOrders.ORDER_ID.length())
                : null;
    }

    private static String reason(@Nullable String told) {
        var reason = told == null || told.isBlank() ? "refund" : told.strip();
        return Text.required("reason", reason, LONGEST_REASON);
    }

    private static @Nullable Long fen(@Nullable BigDecimal yuan) {
        if (yuan != null && yuan.signum() <= 0) {
            throw new IllegalArgumentException("amount is above zero");
        }
        try {
            return yuan == null ? null : yuan.movePointRight(FEN_DIGITS).longValueExact();
        } catch (ArithmeticException tooFineOrTooLarge) {
            throw new IllegalArgumentException("amount is yuan with at most two decimals");
        }
    }

    private static BigDecimal yuan(long fen) {
        var yuan = BigDecimal.valueOf(fen, FEN_DIGITS).stripTrailingZeros();
        return yuan.scale() < 0 ? yuan.setScale(0) : yuan;
    }
}
