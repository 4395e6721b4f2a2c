package io.quotabank.proxy.spending;

import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The wallets there are, at most so many. */
final class Wallets {

    private final ConcurrentMap<UUID, Wallet> byUser = new ConcurrentHashMap<>();
    private final LeaseProperties settings;

    Wallets(LeaseProperties settings) {
        this.settings = settings;
    }

    /** The user's wallet; null where there are too many users at once. */
    @Nullable
    Wallet of(UUID userId) {
        var known = byUser.get(userId);
        if (known != null) {
            return known;
        }
        if (byUser.size() >= settings.mostUsers()) {
            return null;
        }
        return byUser.computeIfAbsent(userId, id -> {
            long now = System.nanoTime();
            return new Wallet(id, new RecentSpend(settings.spendWindow().toNanos(), now), now);
        });
    }

    Collection<Wallet> all() {
        return byUser.values();
    }

    int size() {
        return byUser.size();
    }

    /** Forgets it where it is empty and was not used for two windows of spending: then its average says nothing. */
    void forgetWhenIdle(Wallet wallet, long nowNs) {
        if (wallet.leaveWhenIdle(nowNs, 2 * settings.spendWindow().toNanos())) {
            byUser.remove(wallet.userId(), wallet);
        }
    }
}
