package io.quotabank.local.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustodyKeysetsTests {

    private static final byte[] CONTEXT = "key|owner".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory;

    @Test
    void whatThePublicHalfSealsOnlyThePrivateHalfOpensAndOnlyInItsContext()
            throws GeneralSecurityException, IOException {
        var keysets = new CustodyKeysets(directory);
        keysets.create();
        var seal = TinkJsonProtoKeysetFormat.parseKeysetWithoutSecret(
                        Files.readString(keysets.publicKeyset()), RegistryConfiguration.get())
                .getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class);
        var open = secret(keysets).getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class);

        var sealed = seal.encrypt("sk-secret".getBytes(StandardCharsets.UTF_8), CONTEXT);

        assertThat(open.decrypt(sealed, CONTEXT)).asString().isEqualTo("sk-secret");
        assertThatThrownBy(() -> open.decrypt(sealed, "other|owner".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(GeneralSecurityException.class);
    }

    @Test
    void aSecondStartKeepsTheKeys() throws IOException {
        var keysets = new CustodyKeysets(directory);
        keysets.create();
        var before = Files.readString(keysets.privateKeyset());
        keysets.create();

        assertThat(keysets.privateKeyset()).hasContent(before);
    }

    private static KeysetHandle secret(CustodyKeysets keysets) throws GeneralSecurityException, IOException {
        return TinkJsonProtoKeysetFormat.parseKeyset(
                Files.readString(keysets.privateKeyset()), RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
    }
}
