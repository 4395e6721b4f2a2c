package io.quotabank.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A Keycloak realm as far as the gateway sees it: it serves its public keys over HTTP and signs tokens. */
public final class Realm implements AutoCloseable {

    private static final String KEYS = "/realms/quotabank/protocol/openid-connect/certs";

    private final RSAKey key;
    private final Backend server = new Backend();

    public Realm() {
        key = key("realm-key-1");
        server.on(KEYS, (request, wire) -> wire.json(new JWKSet(key).toString()));
    }

    public String issuer() {
        return server.uri() + "/realms/quotabank";
    }

    public int keysFetched() {
        return server.received(KEYS).size();
    }

    public void away() {
        server.away();
    }

    public void back() {
        server.back();
    }

    /** A good token for this person. */
    public String token(UUID user, String... roles) {
        return sign(claims(user, roles).build(), key);
    }

    /** Claims of a good token, to be spoiled. */
    public JWTClaimsSet.Builder claims(UUID user, String... roles) {
        var now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .subject(user.toString())
                .audience(List.of("quotabank", "account"))
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(300)))
                .claim("preferred_username", "someone")
                .claim("email", "someone@example.org")
                .claim("realm_access", Map.of("roles", roles.length == 0 ? List.of("user") : List.of(roles)));
    }

    public String sign(JWTClaimsSet claims) {
        return sign(claims, key);
    }

    public RSAKey key() {
        return key;
    }

    public static String sign(JWTClaimsSet claims, RSAKey with) {
        try {
            var header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                    .keyID(with.getKeyID())
                    .build();
            var token = new SignedJWT(header, claims);
            token.sign(new RSASSASigner(with));
            return token.serialize();
        } catch (JOSEException broken) {
            throw new IllegalStateException(broken);
        }
    }

    public static RSAKey key(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException broken) {
            throw new IllegalStateException(broken);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
