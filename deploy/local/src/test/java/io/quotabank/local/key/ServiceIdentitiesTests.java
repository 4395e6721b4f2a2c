package io.quotabank.local.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.local.state.StateFiles;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ServiceIdentitiesTests {

    @TempDir
    private Path directory;

    // Repeated: a y that begins with zeros, or an odd x, comes by chance only.
    @RepeatedTest(40)
    void whatThePrivateKeySignsTheTrustedKeyVerifies() throws GeneralSecurityException {
        var identities = new ServiceIdentities(directory);
        identities.create(List.of("ledger-service"));
        var message = "hello".getBytes(StandardCharsets.UTF_8);

        var signer = Signature.getInstance("Ed25519");
        signer.initSign(privateKey(json(identities.privateKey("ledger-service"))));
        signer.update(message);
        var verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(
                publicKey(json(identities.trustedKeys()).path("keys").path(0)));
        verifier.update(message);

        assertThat(verifier.verify(signer.sign())).isTrue();
    }

    @Test
    void theTrustedSetHoldsNoPrivateHalfAndKeysStay() throws IOException {
        var identities = new ServiceIdentities(directory);
        identities.create(List.of("ledger-service", "pool-service"));
        var before = Files.readString(identities.privateKey("pool-service"));
        identities.create(List.of("ledger-service", "pool-service", "gateway-service"));

        assertThat(identities.trustedKeys())
                .content()
                .contains("ledger-service", "pool-service", "gateway-service")
                .doesNotContain("\"d\"");
        assertThat(identities.privateKey("pool-service")).hasContent(before);
    }

    private static JsonNode json(Path file) {
        return StateFiles.readJson(file, JsonNode.class).orElseThrow();
    }

    private static PrivateKey privateKey(JsonNode jwk) throws GeneralSecurityException {
        var bytes = Base64.getUrlDecoder().decode(jwk.path("d").asString());
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, bytes));
    }

    private static PublicKey publicKey(JsonNode jwk) throws GeneralSecurityException {
        var little = Base64.getUrlDecoder().decode(jwk.path("x").asString());
        assertThat(little).hasSize(32);
        var odd = (little[31] & 0x80) != 0;
        little[31] &= 0x7f;
        var big = new byte[little.length];
        for (int i = 0; i < little.length; i++) {
            big[i] = little[little.length - 1 - i];
        }
        var point = new EdECPoint(odd, new BigInteger(1, big));
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point));
    }
}
