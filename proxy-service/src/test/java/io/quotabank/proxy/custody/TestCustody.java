package io.quotabank.proxy.custody;

import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.hybrid.HybridConfig;
import com.google.crypto.tink.hybrid.PredefinedHybridParameters;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A custody with a keyset of its own, and the sealing that pool-service does. */
public final class TestCustody {

    private final KeysetHandle keyset;

    public TestCustody() {
        try {
            HybridConfig.register();
            keyset = KeysetHandle.generateNew(
                    PredefinedHybridParameters.ECIES_P256_HKDF_HMAC_SHA256_AES128_GCM, RegistryConfiguration.get());
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    public Custody custody() {
        try {
            return new Custody(
                    keyset.getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class),
                    new CustodyProperties(Path.of("unused"), Duration.ofMinutes(5), 100));
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }

    public String seal(UUID keyId, @Nullable UUID ownerId, String secret) {
        try {
            var context = (keyId + "|" + (ownerId == null ? "platform" : ownerId)).getBytes(StandardCharsets.UTF_8);
            var sealed = keyset.getPublicKeysetHandle()
                    .getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class)
                    .encrypt(secret.getBytes(StandardCharsets.UTF_8), context);
            return Base64.getEncoder().encodeToString(sealed);
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException(broken);
        }
    }
}
