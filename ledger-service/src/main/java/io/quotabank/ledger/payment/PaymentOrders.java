package io.quotabank.ledger.payment;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.idempotency.Idempotency;
import io.quotabank.ledger.idempotency.Idempotency.Outcome.Done;
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
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

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

        /** Of what is asked for under an order id, or under an idempotency key alone. */
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

    /** What becomes of a purchase in the transaction that writes it. */
    private sealed interface Written {

        /** It is there, by this request or an earlier one. */
        record There(UUID order) implements Written {}

        record Refused(Outcome why) implements Written {}
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
    private final Idempotency idempotency;
    private final TransactionTemplate transaction;
    private final Ids ids;
    private final Clock clock;
    private final PaymentProperties properties;

    PaymentOrders(
            OrderStore store,
            CreditPackages packages,
            PaymentProviders providers,
            Grants grants,
            Rewards rewards,
            Idempotency idempotency,
            PlatformTransactionManager transactions,
            Ids ids,
            Clock clock,
            PaymentProperties properties) {
        this.store = store;
        this.packages = packages;
        this.providers = providers;
        this.grants = grants;
        this.rewards = rewards;
        this.idempotency = idempotency;
        this.transaction = new TransactionTemplate(transactions);
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
    }

    /**
     * @param orderId the buyer's own; it or else the idempotency key opens one order of that buyer, for ever
     * @param idempotencyKey with an order id it stands for that order, for seven days
     */
    public Outcome open(Purchase purchase, @Nullable String orderId, @Nullable String idempotencyKey) {
        var key = key(orderId, idempotencyKey);
        grants.welcome(purchase.person());
        var written = transaction.execute(status -> idempotency.once(
                purchase.person().toString(),
                idempotencyKey,
                Idempotency.digest("purchase|" + purchase.digest() + "|" + orderId),
                Written.There.class,
                () -> new Done<>(write(purchase, key))));
        return switch (Objects.requireNonNull(written)) {
            case Done<Written>(Written.There(UUID order)) -> atProvider(order);
            case Done<Written>(Written.Refused(Outcome why)) -> why;
            case Idempotency.Outcome.Reused<Written> reused -> new Outcome.Reused();
            case Idempotency.Outcome.InFlight<Written> inFlight -> new Outcome.InFlight();
        };
    }

    private static @Nullable String key(@Nullable String orderId, @Nullable String idempotencyKey) {
        if (orderId != null) {
            return ORDER_ID + Text.required("order_id", orderId, LONGEST_ORDER_ID);
        }
        return idempotencyKey == null ? null : IDEMPOTENCY_KEY + Idempotency.checked(idempotencyKey);
    }

    private Written write(Purchase purchase, @Nullable String key) {
        var earlier = key == null ? Optional.<PaymentOrder>empty() : store.find(purchase.person(), key);
        if (earlier.isPresent()) {
            return earlier.get().terms().equals(purchase.digest())
                    ? new Written.There(earlier.get().id())
                    : new Written.Refused(new Outcome.Reused());
        }
        if (providers.find(purchase.provider()).isEmpty()) {
            return new Written.Refused(new Outcome.ProviderNotOffered());
        }
        var bought = bought(purchase);
        if (bought.isEmpty()) {
            return new Written.Refused(new Outcome.NoSuchPackage());
        }
        if (store.unpaid(purchase.person()) >= properties.mostUnpaid()) {
            return new Written.Refused(new Outcome.TooManyUnpaid(properties.mostUnpaid()));
        }
        var order = order(purchase, bought.get(), key);
        return store.insert(order, properties.lookAfter())
                ? new Written.There(order.id())
                : new Written.Refused(new Outcome.InFlight());
    }

    /** An order that its provider does not know for sure is opened there, by one request at a time. */
    private Outcome atProvider(UUID id) {
        var order = store.find(id).orElseThrow();
        if (order.state() != State.OPENING) {
            return new Outcome.Opened(order);
        }
        var provider = providers.find(order.provider());
        if (provider.isEmpty()) {
            return new Outcome.ProviderNotOffered();
        }
        if (!store.ask(id, properties.answerWithin())) {
            return new Outcome.InFlight();
        }
        try {
            return open(order, provider.get());
        } finally {
            store.asked(id);
        }
    }

    private Outcome open(PaymentOrder order, PaymentProvider provider) {
        try {
            // Asked again, since an answer was late or lost, the provider gives the same order.
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
