package io.quotabank.proxy.spending;

import io.quotabank.contracts.accesskey.SpendingCap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The wallets there are, at most so many: one for each user, and one for each access key with a cap. */
final class Wallets {

    private final ConcurrentMap<UUID, Wallet> byUser = new ConcurrentHashMap<>();
    private final ConcurrentMap<UUID, Wallet> byCappedKey = new ConcurrentHashMap<>();
    private final LeaseProperties settings;

    Wallets(LeaseProperties settings) {
        this.settings = settings;
    }

    /** What pays for requests with a key of that cap, or with any key without one; null where there are too many. */
    @Nullable
    Wallet of(UUID userId, @Nullable SpendingCap cap) {
        if (cap == null) {
            var known = byUser.get(userId);
            return known != null ? known : made(byUser, userId, userId, null);
        }
        var known = byCappedKey.get(cap.accessKeyId());
        var wallet = known != null ? known : made(byCappedKey, cap.accessKeyId(), userId, cap);
        if (wallet != null) {
            wallet.heed(cap);
        }
        return wallet;
    }

    private @Nullable Wallet made(
            ConcurrentMap<UUID, Wallet> wallets, UUID key, UUID userId, @Nullable SpendingCap cap) {
        if (size() >= settings.mostUsers()) {
            return null;
        }
        return wallets.computeIfAbsent(key, id -> {
            long now = System.nanoTime();
            return new Wallet(
                    userId, cap, new RecentSpend(settings.spendWindow().toNanos(), now), now);
        });
    }

    Collection<Wallet> all() {
        var all = new ArrayList<Wallet>(size());
        all.addAll(byUser.values());
        all.addAll(byCappedKey.values());
        return all;
    }

    int size() {
        return byUser.size() + byCappedKey.size();
    }

    /** Forgets it where it is empty and was not used for two windows of spending: then its average says nothing. */
    void forgetWhenIdle(Wallet wallet, long nowNs) {
        if (wallet.leaveWhenIdle(nowNs, 2 * settings.spendWindow().toNanos())) {
            var cap = wallet.cap();
            if (cap == null) {
                byUser.remove(wallet.userId(), wallet);
            } else {
                byCappedKey.remove(cap.accessKeyId(), wallet);
            }
        }
    }
}
