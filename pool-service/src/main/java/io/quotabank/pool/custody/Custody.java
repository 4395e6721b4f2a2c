package io.quotabank.pool.custody;

import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HybridConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Seals secrets to proxy-service's public key (HPKE). Nothing in this service can open what it has sealed. A sealed
 * secret is bound to its key id and owner: copied to another key it does not open.
 */
@Component
public class Custody {

    private final HybridEncrypt seal;
    private final Fingerprints fingerprints;

    Custody(CustodyProperties properties, Fingerprints fingerprints) throws IOException, GeneralSecurityException {
        HybridConfig.register();
        var text = Files.readString(properties.publicKeysetFile());
        var keyset = TinkJsonProtoKeysetFormat.parseKeysetWithoutSecret(text, RegistryConfiguration.get());
        this.seal = keyset.getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class);
        this.fingerprints = fingerprints;
    }

    /** @param ownerId null for a platform key */
    public SealedSecret seal(ProviderSecret secret, UUID keyId, @Nullable UUID ownerId) {
        var context = keyId + "|" + (ownerId == null ? "platform" : ownerId);
        try {
            var sealed = seal.encrypt(secret.bytes(), context.getBytes(StandardCharsets.UTF_8));
            return new SealedSecret(sealed, fingerprints.of(secret), secret.lastFour());
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("the public keyset can't seal", broken);
        }
    }
}
