package io.quotabank.systemtests.bench;

import io.quotabank.systemtests.stack.Stack;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What a service of the suite shows another: a JWT (RFC 7519) signed with its Ed25519 key, good for a minute. */
final class ServiceToken {

    private record Minted(String text, long renewAtS) {}

    private static final long LIVES_S = 60;

    private final String service;
    private final PrivateKey key;
    private volatile Minted minted;

    private ServiceToken(String service, PrivateKey key) {
        this.service = service;
        this.key = key;
        this.minted = mint();
    }

    static ServiceToken of(Stack stack, String service) throws IOException {
        var file = stack.directory().resolve("keys").resolve(service + ".private.jwk");
        var secret = JsonMapper.shared().readTree(file.toFile()).path("d").asString();
        try {
            var key = KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(
                            NamedParameterSpec.ED25519, Base64.getUrlDecoder().decode(secret)));
            return new ServiceToken(service, key);
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException("can't use the key in " + file, unusable);
        }
    }

    /** The same one for half of its life. */
    String text() {
        var current = minted;
        if (nowS() >= current.renewAtS()) {
            current = mint();
            minted = current;
        }
        return current.text();
    }

    private Minted mint() {
        long now = nowS();
        var signed = part(Map.of("alg", "Ed25519", "kid", service)) + "."
                + part(Map.of(
                        "iss",
                        service,
                        "aud",
                        "quotabank-internal",
                        "sub",
                        "service:" + service,
                        "roles",
                        List.of("service"),
                        "iat",
                        now,
                        "exp",
                        now + LIVES_S));
        return new Minted(signed + "." + signature(signed), now + LIVES_S / 2);
    }

    private String signature(String text) {
        try {
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return encoded(signature.sign());
        } catch (GeneralSecurityException broken) {
            throw new IllegalStateException("can't sign as " + service, broken);
        }
    }

    private static String part(Map<String, Object> claims) {
        return encoded(JsonMapper.shared().writeValueAsBytes(claims));
    }

    private static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static long nowS() {
        return System.currentTimeMillis() / 1000;
    }
}
