package io.quotabank.ledger.paymentprovider;

import com.wechat.pay.java.core.exception.ServiceException;
import com.wechat.pay.java.core.http.HttpClient;
import com.wechat.pay.java.service.refund.RefundService;
import com.wechat.pay.java.service.refund.model.AmountReq;
import com.wechat.pay.java.service.refund.model.CreateRequest;
import com.wechat.pay.java.service.refund.model.QueryByOutRefundNoRequest;
import com.wechat.pay.java.service.refund.model.Refund;
import com.wechat.pay.java.service.refund.model.RefundNotification;
import com.wechat.pay.java.service.refund.model.Status;
import io.quotabank.ledger.paymentprovider.PaymentProvider.AwayException;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Refunding;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refunds at WeChat Pay; our key is the {@code out_refund_no}. */
final class WeChatRefunds {

    // Status and code as its documentation of refunds has them: the order has less left or may not be refunded any
    // more; the payer's account is closed. NOT_ENOUGH is none: our own balance is too low, until it is filled.
    private static final Set<String> FINAL = Set.of("400 INVALID_REQUEST", "403 USER_ACCOUNT_ABNORMAL");

    private static final int NOT_FOUND = 404;
    private static final String UNKNOWN = "RESOURCE_NOT_EXISTS";

    private final RefundService service;
    private final String callback;

    WeChatRefunds(HttpClient http, String callback) {
        this.service = new RefundService.Builder().httpClient(http).build();
        this.callback = callback;
    }

    Refunding ask(PaymentProvider.Refund refund) {
        try {
            return told(refund, WeChatNative.call(() -> service.create(wish(refund))));
        } catch (AwayException away) {
            if (!(away.getCause() instanceof ServiceException refused) || !isFinal(refused)) {
                throw away;
            }
            return made(refund)
                    .map(earlier -> told(refund, earlier))
                    .orElseGet(() -> new Refunding.Refused(refused.getErrorCode() + " " + refused.getErrorMessage()));
        }
    }

    Event.Refunded look(PaymentProvider.Refund refund) {
        return made(refund).map(made -> event(refund, made)).orElseThrow(() -> AwayException.unknown(refund));
    }

    private CreateRequest wish(PaymentProvider.Refund refund) {
        var amount = new AmountReq();
        amount.setTotal(refund.orderFen());
        amount.setRefund(refund.amountFen());
        amount.setCurrency(PaymentProvider.CURRENCY);
        var request = new CreateRequest();
        request.setTransactionId(refund.transaction());
        request.setOutRefundNo(refund.key());
        request.setReason(refund.reason());
        request.setNotifyUrl(callback);
        request.setAmount(amount);
        return request;
    }

    private static boolean isFinal(ServiceException refused) {
        return FINAL.contains(refused.getHttpStatusCode() + " " + refused.getErrorCode());
    }

    private Optional<Refund> made(PaymentProvider.Refund refund) {
        var request = new QueryByOutRefundNoRequest();
        request.setOutRefundNo(refund.key());
        try {
            return Optional.of(WeChatNative.call(() -> service.queryByOutRefundNo(request)));
        } catch (AwayException away) {
            if (away.getCause() instanceof ServiceException unknown
                    && unknown.getHttpStatusCode() == NOT_FOUND
                    && UNKNOWN.equals(unknown.getErrorCode())) {
                return Optional.empty();
            }
            throw away;
        }
    }

    private static Refunding told(PaymentProvider.Refund refund, Refund made) {
        return new Refunding.Told(List.of(event(refund, made)));
    }

    private static Event.Refunded event(PaymentProvider.Refund refund, Refund made) {
        return Event.Refunded.of(refund, state(made.getStatus()));
    }

    /** What a notification says. */
    static Event read(RefundNotification refund) {
        return new Event.Refunded(
                refund.getTransactionId(),
                refund.getOutRefundNo(),
                refund.getAmount().getRefund(),
                false,
                state(refund.getRefundStatus()));
    }

    private static RefundState state(@Nullable Status status) {
        return switch (status) {
            case SUCCESS -> RefundState.SUCCEEDED;
            // Abnormal ones need a person at WeChat's merchant desk; the money has left us all the same.
            case PROCESSING, ABNORMAL -> RefundState.REQUESTED;
            case CLOSED -> RefundState.FAILED;
            case null -> RefundState.REQUESTED;
        };
    }
}
