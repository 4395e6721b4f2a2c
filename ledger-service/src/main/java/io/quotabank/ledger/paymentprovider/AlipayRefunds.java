package io.quotabank.ledger.paymentprovider;

import com.alipay.api.AlipayClient;
import com.alipay.api.AlipayResponse;
import com.alipay.api.domain.AlipayTradeFastpayRefundQueryModel;
import com.alipay.api.domain.AlipayTradeRefundModel;
import com.alipay.api.request.AlipayTradeFastpayRefundQueryRequest;
import com.alipay.api.request.AlipayTradeRefundRequest;
import io.quotabank.ledger.paymentprovider.PaymentProvider.AwayException;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Event;
import io.quotabank.ledger.paymentprovider.PaymentProvider.RefundState;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Refunding;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Refunds at Alipay; our key is the {@code out_request_no}. */
final class AlipayRefunds {

    private static final String BUSINESS_FAILED = "40004";
    private static final String DONE = "REFUND_SUCCESS";

    // As its documentation of refunds has them: more than is left; a trade that is closed, or too old. Others pass, as
    // a balance that is too low, a frozen trade or a fault, or are about our settings.
    private static final Set<String> FINAL = Set.of(
            "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
            "ACQ.REASON_TRADE_REFUND_FEE_ERR",
            "ACQ.REFUND_FEE_ERROR",
            "ACQ.TRADE_HAS_CLOSE",
            "ACQ.TRADE_HAS_FINISHED",
            "ACQ.TRADE_NOT_ALLOW_REFUND",
            "ACQ.TRADE_STATUS_ERROR");

    private final AlipayClient client;

    AlipayRefunds(AlipayClient client) {
        this.client = client;
    }

    Refunding ask(PaymentProvider.Refund refund) {
        var model = new AlipayTradeRefundModel();
        model.setTradeNo(refund.transaction());
        model.setOutRequestNo(refund.key());
        model.setRefundAmount(AlipayPage.yuan(refund.amountFen()));
        model.setRefundReason(refund.reason());
        var request = new AlipayTradeRefundRequest();
        request.setBizModel(model);
        var answer = AlipayPage.execute(client, request);
        if (isFinal(answer)) {
            return isMade(refund)
                    ? told(refund, null)
                    : new Refunding.Refused(answer.getSubCode() + " " + answer.getSubMsg());
        }
        AlipayPage.succeeded(answer);
        return told(refund, answer.getRefundFee());
    }

    Event.Refunded look(PaymentProvider.Refund refund) {
        if (!isMade(refund)) {
            throw AwayException.unknown(refund);
        }
        return Event.Refunded.of(refund, RefundState.SUCCEEDED);
    }

    private static boolean isFinal(AlipayResponse answer) {
        return BUSINESS_FAILED.equals(answer.getCode()) && FINAL.contains(String.valueOf(answer.getSubCode()));
    }

    // Of a refund that it does not know, Alipay answers with success and leaves the refund's fields out.
    private boolean isMade(PaymentProvider.Refund refund) {
        var model = new AlipayTradeFastpayRefundQueryModel();
        model.setTradeNo(refund.transaction());
        model.setOutRequestNo(refund.key());
        var request = new AlipayTradeFastpayRefundQueryRequest();
        request.setBizModel(model);
        var answer = AlipayPage.execute(client, request);
        AlipayPage.succeeded(answer);
        if (answer.getRefundStatus() == null && answer.getRefundAmount() == null) {
            return false;
        }
        if (!DONE.equals(answer.getRefundStatus())) {
            var said = "a refund is " + answer.getRefundStatus();
            throw new AwayException("Alipay: " + said, new IllegalStateException(said));
        }
        return true;
    }

    /** @param sum of all that went back of the payment so far, in yuan; null where it is not told */
    private static Refunding told(PaymentProvider.Refund refund, @Nullable String sum) {
        var ours = Event.Refunded.of(refund, RefundState.SUCCEEDED);
        // The sum has what somebody refunded at the desk, too. The notification that would tell it may not come.
        return new Refunding.Told(
                sum == null ? List.of(ours) : List.of(ours, refunded(refund.transaction(), AlipayPage.fen(sum))));
    }

    static Event.Refunded refunded(String transaction, long sumFen) {
        return new Event.Refunded(transaction, "of-" + transaction, sumFen, true, RefundState.SUCCEEDED);
    }
}
