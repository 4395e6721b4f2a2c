package io.quotabank.ledger.payment;

import io.quotabank.ledger.payment.Payments.Taken;
import io.quotabank.ledger.paymentprovider.PaymentProvider.AwayException;
import io.quotabank.ledger.paymentprovider.PaymentProvider.Standing;
import io.quotabank.ledger.paymentprovider.PaymentProviders;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Asks providers for orders of which no notification came, closes those whose time is over, and sends refunds on their
 * way. Any number of processes may run it at once.
 */
@Component
class PaymentJob {

    private static final Logger LOG = LoggerFactory.getLogger(PaymentJob.class);

    private final OrderStore orders;
    private final Payments payments;
    private final PaymentRefunds refunds;
    private final PaymentProviders providers;
    private final Clock clock;
    private final PaymentProperties properties;

    PaymentJob(
            OrderStore orders,
            Payments payments,
            PaymentRefunds refunds,
            PaymentProviders providers,
            Clock clock,
            PaymentProperties properties) {
        this.orders = orders;
        this.payments = payments;
        this.refunds = refunds;
        this.providers = providers;
        this.clock = clock;
        this.properties = properties;
    }

    @Scheduled(fixedDelayString = "${quotabank.payment.every:5s}")
    void run() {
        for (var order : orders.due(clock.instant(), properties.lookAfter(), properties.batch())) {
            try {
                look(order);
            } catch (AwayException away) {
                LOG.warn("order {} will be looked at again: {}", order.id(), away.getMessage());
            } catch (RuntimeException failed) {
                // Those behind it, and the refunds, don't wait for it.
                LOG.error("order {} can't be looked at now", order.id(), failed);
            }
        }
        refunds.askForDue();
    }

    private void look(PaymentOrder order) {
        var provider = providers.find(order.provider());
        if (provider.isEmpty()) {
            return;
        }
        boolean over = !order.closesAt().isAfter(clock.instant());
        var standing = over
                ? provider.get().close(order.forProvider())
                : provider.get().look(order.forProvider());
        switch (standing) {
            case Standing.Paid(var payment) -> {
                // Of another amount it is noted, and what was asked for can't be paid any more.
                if (payments.take(order.provider(), payment) instanceof Taken.Noted && over) {
                    orders.close(order.id());
                }
            }
            case Standing.Closed closed -> orders.close(order.id());
            case Standing.Unpaid unpaid -> LOG.debug("order {} is not paid yet", order.id());
        }
    }
}
