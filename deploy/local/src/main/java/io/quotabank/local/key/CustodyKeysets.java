package io.quotabank.local.key;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HybridConfig;
import io.quotabank.local.state.StateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** The HPKE keys that deposited provider keys are sealed with: pool-service gets the public half only. */
public record CustodyKeysets(Path directory) {

    public Path publicKeyset() {
        return directory.resolve("custody.public.json");
    }

    public Path privateKeyset() {
        return directory.resolve("custody.private.json");
    }

    /** Makes both halves unless they are there: what was sealed before has to stay readable. */
    public void create() {
        if (Files.exists(privateKeyset()) && Files.exists(publicKeyset())) {
            return;
        }
        try {
            HybridConfig.register();
            var tink = RegistryConfiguration.get();
            var parameters = HpkeParameters.builder()
                    .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
                    .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
                    .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
                    .setVariant(HpkeParameters.Variant.TINK)
                    .build();
            var secret = KeysetHandle.generateNew(parameters, tink);
            var open = TinkJsonProtoKeysetFormat.serializeKeysetWithoutSecret(secret.getPublicKeysetHandle(), tink);
            var sealed = TinkJsonProtoKeysetFormat.serializeKeyset(secret, tink, InsecureSecretKeyAccess.get());
            StateFiles.write(privateKeyset(), sealed.getBytes(StandardCharsets.UTF_8));
            StateFiles.write(publicKeyset(), open.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key template is fixed", e);
        }
    }
}
