package io.quotabank.proxy.custody;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.crypto.tink.HybridDecrypt;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Opens sealed keys with this service's private keyset, and remembers them for some minutes. */
public final class Custody {

    private record Sealed(UUID keyId, @Nullable UUID ownerId, String ciphertext) {

        /** What the seal is bound to: a ciphertext moved to another key or owner does not open. */
        byte[] context() {
            return (keyId + "|" + (ownerId == null ? "platform" : ownerId)).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return "sealed secret of " + keyId;
        }
    }

    private final HybridDecrypt keyset;
    private final Cache<Sealed, OpenedSecret> opened;

    Custody(HybridDecrypt keyset, CustodyProperties properties) {
        this.keyset = keyset;
        this.opened = Caffeine.newBuilder()
                .expireAfterWrite(properties.keepOpened())
                .maximumSize(properties.mostOpened())
                .build();
    }

    /**
     * Opens a secret; empty where it can't be opened: sealed to another keyset, for another key, or damaged.
     *
     * @param ownerId null for a platform key
     */
    public Optional<OpenedSecret> open(UUID keyId, @Nullable UUID ownerId, String sealedSecret) {
        return Optional.ofNullable(opened.get(new Sealed(keyId, ownerId, sealedSecret), this::unseal));
    }

    private @Nullable OpenedSecret unseal(Sealed sealed) {
        try {
            var ciphertext = Base64.getDecoder().decode(sealed.ciphertext());
            var text = new String(keyset.decrypt(ciphertext, sealed.context()), StandardCharsets.UTF_8);
            // A line end inside would let a depositor write headers of our requests.
            return fitsAHeader(text) ? new OpenedSecret(text) : null;
        } catch (GeneralSecurityException | IllegalArgumentException notOurs) {
            return null;
        }
    }

    private static boolean fitsAHeader(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }
}
