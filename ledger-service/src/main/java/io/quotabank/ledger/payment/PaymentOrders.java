package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.packages.CreditPackages;
import io.quotabank.ledger.packages.CreditPackages.CreditPackage;
import io.quotabank.ledger.payment.PaymentOrder.State;
import io.quotabank.ledger.paymentprovider.PaymentProvider;
import io.quotabank.ledger.paymentprovider.PaymentProvider.AwayException;
import io.quotabank.ledger.paymentprovider.PaymentProviders;
import io.quotabank.ledger.reward.Rewards;
import io.quotabank.ledger.text.Text;
import io.quotabank.platform.id.Ids;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Opens orders: written here first, then at their providers, so that no payment comes for an order that is not known. */
@Service
public class PaymentOrders {

    /**
     * What somebody wants to buy: a package, or the one of a price.
     *
     * @param credits of the package, as it is offered to all; null where they don't say
     */
    public record Purchase(
            UUID person,
            PaymentProvider.Name provider,
            @Nullable UUID packageId,
            @Nullable Long amountFen,
            @Nullable Credits credits) {

        public Purchase {
            if (packageId == null && amountFen == null) {
                throw new IllegalArgumentException("package_id or amount is needed");
            }
        }

        String digest() {
            return Idempotency.digest(person + "|" + provider + "|" + packageId + "|" + amountFen + "|" + credits);
        }
    }

    /** How opening an order ends. */
    public sealed interface Outcome {

        /** Now, or by the first request with this key. */
        record Opened(PaymentOrder order) implements Outcome {}

        /** There is no such package, or its terms are others than were named. */
        record NoSuchPackage() implements Outcome {}

        record ProviderNotOffered() implements Outcome {}

        /** The provider could not be asked; the same request may be sent again. */
        record ProviderAway() implements Outcome {}

        /** The key came with other wishes before. */
        record Reused() implements Outcome {}

        /** The first request with this key is still at work. */
        record InFlight() implements Outcome {}

        record TooManyUnpaid(int most) implements Outcome {}
    }

    /** What keys begin with that are order ids; those from a header begin with {@link #IDEMPOTENCY_KEY}. */
    static final String ORDER_ID = "order:";

    private static final String IDEMPOTENCY_KEY = "key:";
    private static final int LONGEST_ORDER_ID = 128;

    private static final Logger LOG = LoggerFactory.getLogger(PaymentOrders.class);

    private final OrderStore store;
    private final CreditPackages packages;
    private final PaymentProviders providers;
    private final Grants grants;
    private final Rewards rewards;
    private final Ids ids;
    private final Clock clock;
    private final PaymentProperties properties;

    PaymentOrders(
            OrderStore store,
            CreditPackages packages,
            PaymentProviders providers,
            Grants grants,
            Rewards rewards,
            Ids ids,
            Clock clock,
            PaymentProperties properties) {
        this.store = store;
        this.packages = packages;
        this.providers = providers;
        this.grants = grants;
        this.rewards = rewards;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
    }

    /** @param orderId the buyer's own; it or else the idempotency key opens one order of that buyer, for ever */
    public Outcome open(Purchase purchase, @Nullable String orderId, @Nullable String idempotencyKey) {
        var key = key(orderId, idempotencyKey);
        var earlier = key == null ? Optional.<PaymentOrder>empty() : store.find(purchase.person(), key);
        if (earlier.isPresent()) {
            return again(earlier.get(), purchase);
        }
        var provider = providers.find(purchase.provider());
        if (provider.isEmpty()) {
            return new Outcome.ProviderNotOffered();
        }
        var bought = bought(purchase);
        if (bought.isEmpty()) {
            return new Outcome.NoSuchPackage();
        }
        if (store.unpaid(purchase.person()) >= properties.mostUnpaid()) {
            return new Outcome.TooManyUnpaid(properties.mostUnpaid());
        }
        var order = order(purchase, bought.get(), key);
        return store.insert(order, properties.lookAfter()) ? open(order, provider.get()) : new Outcome.InFlight();
    }

    private static @Nullable String key(@Nullable String orderId, @Nullable String idempotencyKey) {
        if (orderId != null) {
            return ORDER_ID + Text.required("order_id", orderId, LONGEST_ORDER_ID);
        }
        return idempotencyKey == null ? null : IDEMPOTENCY_KEY + Idempotency.checked(idempotencyKey);
    }

    private Outcome again(PaymentOrder order, Purchase purchase) {
        if (!order.terms().equals(purchase.digest())) {
            return new Outcome.Reused();
        }
        if (order.state() != State.OPENING) {
            return new Outcome.Opened(order);
        }
        // Its provider's answer is late or lost. Asked again, the provider gives the same order.
        return providers
                .find(order.provider())
                .map(provider -> open(order, provider))
                .orElseGet(Outcome.ProviderNotOffered::new);
    }

    private Outcome open(PaymentOrder order, PaymentProvider provider) {
        try {
            var opened = provider.open(order.forProvider());
            store.opened(order.id(), opened);
            return new Outcome.Opened(store.find(order.id()).orElseThrow());
        } catch (AwayException away) {
            LOG.warn("order {} could not be opened: {}", order.id(), away.getMessage());
            return new Outcome.ProviderAway();
        }
    }

    private Optional<CreditPackage> bought(Purchase purchase) {
        var id = purchase.packageId();
        var fen = purchase.amountFen();
        var found = id != null ? packages.active(id) : packages.activeOfPrice(fen == null ? 0 : fen);
        return found.filter(offered -> fen == null || offered.amountFen() == fen)
                .filter(offered ->
                        purchase.credits() == null || offered.credits().equals(purchase.credits()));
    }

    private PaymentOrder order(Purchase purchase, CreditPackage bought, @Nullable String key) {
        // As exact as the database keeps it.
        var now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        var account = grants.welcome(purchase.person());
        return new PaymentOrder(
                ids.next(),
                account,
                purchase.person(),
                purchase.provider(),
                bought.id(),
                bought.amountFen(),
                bought.credits().plus(rewards.tierBonus(account, bought.credits())),
                key,
                purchase.digest(),
                State.OPENING,
                null,
                null,
                null,
                now,
                now.plus(properties.openFor()));
    }
}
