package io.quotabank.local.key;

import io.quotabank.local.state.StateFiles;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Each service's Ed25519 key, as JSON web keys (RFC 8037), and the set of public keys that all of them trust. */
public record ServiceIdentities(Path directory) {

    private static final int KEY_BYTES = 32;
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    public Path privateKey(String service) {
        return directory.resolve(service + ".private.jwk");
    }

    public Path trustedKeys() {
        return directory.resolve("trusted.jwks");
    }

    /** Makes what is missing. A key once made is kept, so that tokens stay valid over a restart. */
    public void create(Collection<String> services) {
        for (var service : services) {
            if (!Files.exists(privateKey(service))) {
                StateFiles.writeJson(privateKey(service), generate(service));
            }
        }
        var trusted = new ArrayList<Map<?, ?>>();
        for (var service : services) {
            var key = new LinkedHashMap<Object, Object>(
                    StateFiles.readJson(privateKey(service), Map.class).orElseThrow());
            key.remove("d");
            trusted.add(key);
        }
        StateFiles.writeJson(trustedKeys(), Map.of("keys", List.copyOf(trusted)));
    }

    private static Map<String, String> generate(String service) {
        var pair = keyPair();
        var jwk = new LinkedHashMap<String, String>();
        jwk.put("kty", "OKP");
        jwk.put("crv", "Ed25519");
        jwk.put("kid", service);
        jwk.put("alg", "Ed25519");
        jwk.put("x", BASE64.encodeToString(encoded((EdECPublicKey) pair.getPublic())));
        jwk.put(
                "d",
                BASE64.encodeToString(
                        ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow()));
        return jwk;
    }

    // RFC 8032, 5.1.2: y in little-endian order, the lowest bit of x in the highest bit of the last byte.
    private static byte[] encoded(EdECPublicKey key) {
        var point = key.getPoint();
        var encoded = new byte[KEY_BYTES];
        var y = unsigned(point.getY());
        for (int i = 0; i < y.length; i++) {
            encoded[i] = y[y.length - 1 - i];
        }
        if (point.isXOdd()) {
            encoded[KEY_BYTES - 1] |= (byte) 0x80;
        }
        return encoded;
    }

    private static byte[] unsigned(BigInteger value) {
        var bytes = value.toByteArray();
        return bytes.length > KEY_BYTES || (bytes.length > 1 && bytes[0] == 0)
                ? Arrays.copyOfRange(bytes, 1, bytes.length)
                : bytes;
    }

    private static KeyPair keyPair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK 25 has Ed25519", e);
        }
    }
}
