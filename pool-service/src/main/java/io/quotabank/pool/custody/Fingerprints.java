package io.quotabank.pool.custody;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Tells whether two secrets are the same without keeping either: HMAC-SHA256 under a key that is in no database. Who
 * steals the table can't try guesses against it; who calls the API learns that a secret is in the pool only by
 * presenting the whole secret, and not whose it is.
 */
@Component
class Fingerprints {

    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] PURPOSE = "quotabank pool fingerprint v1".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY_BYTES = 32;

    private final SecretKey key;

    Fingerprints(CustodyProperties properties, @Value("${quotabank.identity.private-key-file}") Path identityFile)
            throws IOException, GeneralSecurityException {
        var own = properties.fingerprintKeyFile();
        var material = Files.readAllBytes(own == null ? identityFile : own);
        if (material.length < KEY_BYTES) {
            throw new IllegalStateException("the fingerprint key has fewer than 32 bytes");
        }
        var derivation = HKDFParameterSpec.ofExtract().addIKM(material).thenExpand(PURPOSE, KEY_BYTES);
        key = KDF.getInstance("HKDF-SHA256").deriveKey(ALGORITHM, derivation);
    }

    byte[] of(ProviderSecret secret) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(secret.bytes());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has HmacSHA256", impossible);
        }
    }
}
