package io.quotabank.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.quotabank.gateway.Realm;
import io.quotabank.gateway.TestGateway;
import io.quotabank.platform.testkit.TestIdentity;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PeopleIT {

    private static final TestGateway GATEWAY = TestGateway.shared();
    private static final Realm REALM = GATEWAY.realm;
    private static final UUID USER = UUID.randomUUID();

    @BeforeAll
    static void script() {
        GATEWAY.proxy.on("/v1/me", (request, wire) -> wire.json("{}"));
    }

    private static HttpResponse<String> call(String token) throws Exception {
        return GATEWAY.get("/v1/me", "Authorization", "Bearer " + token);
    }

    private static void isRefused(String token) throws Exception {
        GATEWAY.proxy.forget();
        for (var path : List.of("/v1/me", "/api/pool/keys")) {
            var answer = GATEWAY.get(path, "Authorization", "Bearer " + token);
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("www-authenticate")).contains("Bearer");
        }
        assertThat(GATEWAY.proxy.received("/v1/me")).isEmpty();
    }

    @Test
    void knowsAPersonByTheRealmsToken() throws Exception {
        var answer = call(REALM.token(USER, "user", "admin", "offline_access"));

        assertThat(answer.statusCode()).isEqualTo(200);
        var token = GATEWAY.proxy.received("/v1/me").getLast().header("authorization");
        var caller =
                TestIdentity.of("proxy-service").verify(String.valueOf(token).substring("Bearer ".length()));
        assertThat(caller.userId()).isEqualTo(USER);
        assertThat(caller.roles()).containsExactlyInAnyOrder("user", "admin");
        assertThat(caller.accessKeyId()).isNull();
        assertThat(caller.name()).isEqualTo("someone");
        assertThat(caller.email()).isEqualTo("someone@example.org");
    }

    @Test
    void tellsAVerifiedPhoneWhereTheRealmVouchesForIt() throws Exception {
        for (var claim : List.<Object>of(true, false, "true", 1)) {
            call(REALM.sign(
                    REALM.claims(USER).claim("phone_number_verified", claim).build()));
            var token = GATEWAY.proxy.received("/v1/me").getLast().header("authorization");
            var caller = TestIdentity.of("proxy-service")
                    .verify(String.valueOf(token).substring("Bearer ".length()));
            assertThat(caller.phoneVerified()).as(claim.toString()).isEqualTo(claim.equals(true));
        }
    }

    @Test
    void refusesNoToken() throws Exception {
        var answer = GATEWAY.get("/v1/me");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("\"code\":\"invalid_api_key\"");
        assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
    }

    @Test
    void refusesAnotherKeysSignatureUnderAKnownKeyId() throws Exception {
        isRefused(Realm.sign(REALM.claims(USER).build(), Realm.key("realm-key-1")));
    }

    @Test
    void refusesAnUnknownKeyIdAndFetchesKeysSeldomForThem() throws Exception {
        var key = Realm.key("invented");
        int before = REALM.keysFetched();
        long start = System.nanoTime();
        for (int i = 0; i < 50; i++) {
            var invented = new RSAKey.Builder(key).keyID("invented-" + i).build();
            isRefused(Realm.sign(REALM.claims(USER).build(), invented));
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        assertThat(REALM.keysFetched() - before).isLessThanOrEqualTo((int) seconds + 2);
    }

    @Test
    void refusesAChangedToken() throws Exception {
        var parts = REALM.token(USER).split("\\.");
        var claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("\"user\"", "\"admin\"");
        parts[1] = Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8));

        isRefused(String.join(".", parts));
    }

    @Test
    void refusesAnExpiredToken() throws Exception {
        isRefused(REALM.sign(REALM.claims(USER)
                .expirationTime(Date.from(Instant.now().minusSeconds(30)))
                .build()));
    }

    @Test
    void refusesATokenThatNeverEnds() throws Exception {
        isRefused(REALM.sign(REALM.claims(USER).expirationTime(null).build()));
    }

    @Test
    void refusesATokenOfTomorrow() throws Exception {
        isRefused(REALM.sign(REALM.claims(USER)
                .notBeforeTime(Date.from(Instant.now().plusSeconds(60)))
                .build()));
    }

    @Test
    void refusesATokenForAnotherAudience() throws Exception {
        isRefused(REALM.sign(REALM.claims(USER).audience("account").build()));
        isRefused(REALM.sign(REALM.claims(USER).audience((String) null).build()));
        isRefused(REALM.sign(REALM.claims(USER).audience("quotabank-internal").build()));
    }

    @Test
    void refusesATokenOfAnotherIssuer() throws Exception {
        isRefused(REALM.sign(REALM.claims(USER)
                .issuer("https://elsewhere.example/realms/quotabank")
                .build()));
    }

    @Test
    void refusesATokenWithoutASignature() throws Exception {
        isRefused(new PlainJWT(REALM.claims(USER).build()).serialize());
        isRefused(REALM.token(USER).replaceAll("\\.[^.]*$", "."));
    }

    @Test
    void refusesAPublicKeyUsedAsASharedSecret() throws Exception {
        var header =
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("realm-key-1").build();
        var token = new SignedJWT(header, REALM.claims(USER).build());
        token.sign(new MACSigner(REALM.key().toRSAPublicKey().getEncoded()));

        isRefused(token.serialize());
    }

    @Test
    void refusesAnInternalTokenFromOutside() throws Exception {
        isRefused(TestIdentity.user(USER));
        isRefused(TestIdentity.service("proxy-service"));
    }

    @Test
    void refusesASubjectThatCouldPassForAService() throws Exception {
        isRefused(REALM.sign(REALM.claims(USER)
                .subject("service:gateway-service")
                .claim("realm_access", Map.of("roles", List.of("service")))
                .claim("preferred_username", null)
                .claim("email", null)
                .build()));
    }

    @Test
    void refusesWhatIsNoTokenAtAll() throws Exception {
        for (var text : List.of("x", "a.b.c", "eyJ.eyJ.", "null", "qb", "..", "a".repeat(5_000))) {
            isRefused(text);
        }
    }

    @Test
    void refusesOtherSchemes() throws Exception {
        assertThat(GATEWAY.get("/v1/me", "Authorization", "Basic YTpi").statusCode())
                .isEqualTo(401);
    }

    @Test
    void knownTokensKeepWorkingWithoutKeycloakAndUnknownKeysAreNobodysFault() throws Exception {
        try (var gateway = new TestGateway(Map.of())) {
            gateway.proxy.on("/v1/me", (request, wire) -> wire.json("{}"));
            var seen = "Bearer " + gateway.realm.token(USER);
            assertThat(gateway.get("/v1/me", "Authorization", seen).statusCode())
                    .isEqualTo(200);
            gateway.realm.away();

            assertThat(gateway.get("/v1/me", "Authorization", seen).statusCode())
                    .isEqualTo(200);
            var fresh = "Bearer " + gateway.realm.token(UUID.randomUUID());
            assertThat(gateway.get("/v1/me", "Authorization", fresh).statusCode())
                    .isEqualTo(200);
            var rotated = "Bearer " + Realm.sign(gateway.realm.claims(USER).build(), Realm.key("new-key"));
            // Right after keys were fetched they are believed to be all there are.
            await().until(() -> gateway.get("/v1/me", "Authorization", rotated).statusCode() == 503);
            var undecided = gateway.get("/v1/me", "Authorization", rotated);
            assertThat(undecided.headers().firstValue("retry-after")).isPresent();
        }
    }

    @Test
    void aGatewayThatNeverSawKeycloakSays503AndIsNotReady() throws Exception {
        var settings = Map.<String, Object>of("quotabank.gateway.jwks-uri", "http://127.0.0.1:1/certs");
        try (var gateway = new TestGateway(settings)) {
            gateway.proxy.on("/v1/me", (request, wire) -> wire.json("{}"));

            var answer = gateway.get("/v1/me", "Authorization", "Bearer " + gateway.realm.token(USER));

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("service_unavailable");
            assertThat(gateway.ready()).isFalse();
            var key = "Bearer " + gateway.accessKey(USER);
            assertThat(gateway.get("/v1/me", "Authorization", key).statusCode()).isEqualTo(200);
        }
    }
}
