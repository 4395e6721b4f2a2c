package io.quotabank.platform.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.Ed25519Signer;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Mints and verifies the tokens that services show each other: a JWT signed with Ed25519, good for a minute. Only the
 * gateway may speak for people; any other service only for itself. A verdict is remembered by the token's text until
 * the token ends, so that the signature is checked once.
 */
public final class InternalTokens {

    /** The one issuer that may name a person. */
    public static final String GATEWAY = "gateway-service";

    private static final String BEARER = "Bearer ";

    static final String AUDIENCE = "quotabank-internal";

    private record Verdict(Caller caller, Instant until) {}

    private record Own(String token, Instant renewAt) {}

    private final IdentityProperties properties;
    private final Clock clock;
    private final JWSHeader header;
    private final JWSSigner signer;
    private final Map<String, JWSVerifier> verifiers;
    private final Cache<String, Verdict> verdicts;
    private volatile @Nullable Own own;

    public InternalTokens(IdentityProperties properties, Clock clock) {
        this.properties = properties;
        this.clock = clock;
        this.header = new JWSHeader.Builder(JWSAlgorithm.Ed25519)
                .keyID(properties.service())
                .build();
        this.signer = signer(properties);
        this.verifiers = verifiers(properties);
        this.verdicts = Caffeine.newBuilder()
                .maximumSize(properties.verdicts())
                .expireAfter(Expiry.<String, Verdict>creating((token, verdict) -> left(verdict.until())))
                .build();
    }

    /**
     * A token that names the caller.
     *
     * @throws IllegalArgumentException when this service may not speak for that caller
     */
    public String mint(Caller caller) {
        if (!maySpeakFor(properties.service(), caller)) {
            throw new IllegalArgumentException(properties.service() + " can't speak for another");
        }
        var now = clock.instant();
        var claims = new JWTClaimsSet.Builder()
                .issuer(properties.service())
                .audience(AUDIENCE)
                .subject(caller.subject())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(properties.lifetime())))
                .claim("roles", List.copyOf(caller.roles()))
                .claim(
                        "akid",
                        caller.accessKeyId() == null
                                ? null
                                : caller.accessKeyId().toString())
                .claim("models", caller.allowedModels().isEmpty() ? null : caller.allowedModels())
                .claim("name", caller.name())
                .claim("email", caller.email())
                .claim("cap", CapClaim.of(caller.cap()))
                .claim("phone", caller.phoneVerified() ? true : null)
                .build();
        try {
            var token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException broken) {
            throw new IllegalStateException("can't sign with this service's key", broken);
        }
    }

    /** This service's own token, the same one for half of its life. */
    public String forThisService() {
        var now = clock.instant();
        var current = own;
        if (current == null || !now.isBefore(current.renewAt())) {
            current = new Own(
                    mint(Caller.service(properties.service())),
                    now.plus(properties.lifetime().dividedBy(2)));
            own = current;
        }
        return current.token();
    }

    /** The token in an {@code Authorization} header (RFC 6750, section 2.1); null where it has none. */
    public static @Nullable String presented(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return null;
        }
        var token = authorization.substring(BEARER.length()).strip();
        return token.isEmpty() ? null : token;
    }

    public Caller verify(String token) throws InvalidTokenException {
        var known = verdicts.getIfPresent(token);
        if (known != null && clock.instant().isBefore(known.until())) {
            return known.caller();
        }
        var verdict = check(token);
        verdicts.put(token, verdict);
        return verdict.caller();
    }

    private Verdict check(String token) throws InvalidTokenException {
        try {
            var jwt = SignedJWT.parse(token);
            var issuer = jwt.getHeader().getKeyID();
            // Map.of refuses a null key, and a token may lack its kid.
            var verifier = issuer == null ? null : verifiers.get(issuer);
            if (verifier == null || !jwt.getHeader().getAlgorithm().equals(JWSAlgorithm.Ed25519)) {
                throw new InvalidTokenException("not signed with a key of ours");
            }
            if (!jwt.verify(verifier)) {
                throw new InvalidTokenException("the signature is wrong");
            }
            return verdict(issuer, jwt.getJWTClaimsSet());
        } catch (ParseException | JOSEException | IllegalArgumentException malformed) {
            throw new InvalidTokenException("malformed");
        }
    }

    private Verdict verdict(String issuer, JWTClaimsSet claims) throws InvalidTokenException, ParseException {
        var end = claims.getExpirationTime();
        if (end == null || !clock.instant().isBefore(end.toInstant())) {
            throw new InvalidTokenException("expired");
        }
        if (!claims.getAudience().equals(List.of(AUDIENCE)) || !issuer.equals(claims.getIssuer())) {
            throw new InvalidTokenException("for another audience or of another issuer");
        }
        if (claims.getSubject() == null) {
            throw new InvalidTokenException("names nobody");
        }
        var caller = caller(claims);
        if (!maySpeakFor(issuer, caller)) {
            throw new InvalidTokenException(issuer + " can't speak for another");
        }
        return new Verdict(caller, end.toInstant());
    }

    private static Caller caller(JWTClaimsSet claims) throws ParseException {
        var roles = claims.getStringListClaim("roles");
        var accessKey = claims.getStringClaim("akid");
        var models = claims.getStringListClaim("models");
        var keyId = accessKey == null ? null : UUID.fromString(accessKey);
        return new Caller(
                claims.getSubject(),
                roles == null ? Set.of() : Set.copyOf(roles),
                keyId,
                models == null ? List.of() : models,
                claims.getStringClaim("name"),
                claims.getStringClaim("email"),
                CapClaim.read(keyId, claims.getJSONObjectClaim("cap")),
                Boolean.TRUE.equals(claims.getBooleanClaim("phone")));
    }

    private static boolean maySpeakFor(String issuer, Caller caller) {
        return caller.isService() ? caller.equals(Caller.service(issuer)) : issuer.equals(GATEWAY);
    }

    private Duration left(Instant until) {
        var left = Duration.between(clock.instant(), until);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static JWSSigner signer(IdentityProperties properties) {
        try {
            var key = OctetKeyPair.parse(Files.readString(properties.privateKeyFile()));
            if (!properties.service().equals(key.getKeyID())) {
                throw new IllegalStateException(properties.privateKeyFile() + " is not the key of "
                        + properties.service() + " but of " + key.getKeyID());
            }
            return new Ed25519Signer(key);
        } catch (IOException | ParseException | JOSEException unusable) {
            throw new IllegalStateException("can't use the private key in " + properties.privateKeyFile(), unusable);
        }
    }

    private static Map<String, JWSVerifier> verifiers(IdentityProperties properties) {
        try {
            var verifiers = new HashMap<String, JWSVerifier>();
            for (var key : JWKSet.load(properties.trustedKeysFile().toFile()).getKeys()) {
                verifiers.put(
                        key.getKeyID(), new Ed25519Verifier(key.toOctetKeyPair().toPublicJWK()));
            }
            return Map.copyOf(verifiers);
        } catch (IOException | ParseException | JOSEException unusable) {
            throw new IllegalStateException("can't use the trusted keys in " + properties.trustedKeysFile(), unusable);
        }
    }
}
