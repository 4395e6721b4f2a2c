package io.quotabank.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.Ed25519Signer;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.money.Credits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InternalTokensTests {

    private static final UUID ANN = new UUID(0x4000, 0x8000_0000_0000_0001L);
    private static final String LEDGER = "ledger-service";

    @TempDir
    Path keys;

    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final InstantSource source = () -> now;
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private InternalTokens gateway;
    private InternalTokens ledger;

    @BeforeEach
    void makeKeys() throws Exception {
        ServiceKeys.write(keys, List.of(InternalTokens.GATEWAY, LEDGER));
        gateway = new InternalTokens(settings(InternalTokens.GATEWAY), clock);
        ledger = new InternalTokens(settings(LEDGER), clock);
    }

    @Test
    void carriesAllThatIsKnownOfAPerson() throws Exception {
        var ann = new Caller(
                ANN.toString(), Set.of("user", "admin"), new UUID(1, 2), List.of("gpt-5"), "Ann 安", "ann@example.org");
        assertThat(ledger.verify(gateway.mint(ann))).isEqualTo(ann);
        assertThat(ann.userId()).isEqualTo(ANN);
    }

    @Test
    void tellsThatAPhoneWasVerified() throws Exception {
        for (boolean verified : new boolean[] {true, false}) {
            var ann = new Caller(ANN.toString(), Set.of("user"), null, List.of(), null, null, null, verified);
            assertThat(ledger.verify(gateway.mint(ann)).phoneVerified()).isEqualTo(verified);
        }
    }

    @Test
    void carriesTheCapOfAnAccessKeyToTheMicroCredit() throws Exception {
        var key = new UUID(1, 2);
        var cap = new SpendingCap(key, 7, new Credits(Long.MAX_VALUE), Credits.ZERO, null);
        var ann = new Caller(ANN.toString(), Set.of("user"), key, List.of(), null, null, cap);
        assertThat(ledger.verify(gateway.mint(ann))).isEqualTo(ann);
    }

    @Test
    void refusesACapThatIsNotOne() throws Exception {
        var key = new UUID(1, 2).toString();
        assertThat(ledger.verify(capped(key, Map.of("version", 1, "total", 5))).cap())
                .isNotNull();
        assertRefused(capped(null, Map.of("version", 1, "total", 5)));
        assertRefused(capped(key, Map.of("total", 5)));
        assertRefused(capped(key, Map.of("version", 1)));
        assertRefused(capped(key, Map.of("version", 1, "total", -5)));
        assertRefused(capped(key, Map.of("version", 1, "total", "5")));
    }

    private String capped(String key, Map<String, Object> cap) throws Exception {
        return forged(
                InternalTokens.GATEWAY,
                claims -> claims.subject(ANN.toString()).claim("akid", key).claim("cap", cap));
    }

    @Test
    void letsServicesSpeakOnlyForThemselves() throws Exception {
        assertThat(gateway.verify(ledger.forThisService())).isEqualTo(Caller.service(LEDGER));
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.mint(Caller.user(ANN, Set.of("user"))));
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.mint(Caller.service("proxy-service")));
        assertThatIllegalArgumentException().isThrownBy(() -> gateway.mint(Caller.service(LEDGER)));
    }

    @Test
    void refusesAServiceThatSpeaksForAPersonOrForAnother() throws Exception {
        assertRefused(forged(LEDGER, claims -> claims.subject(ANN.toString())));
        assertRefused(forged(LEDGER, claims -> claims.subject("service:proxy-service")));
        assertRefused(forged(LEDGER, claims -> claims.claim("roles", List.of("service", "admin"))));
        assertRefused(
                forged(LEDGER, claims -> claims.issuer(InternalTokens.GATEWAY).subject(ANN.toString())));
        assertThat(gateway.verify(forged(LEDGER, claims -> claims)).isService()).isTrue();
    }

    @Test
    void endsAtItsLastInstantAlsoWhenTheVerdictIsRemembered() throws Exception {
        var token = gateway.mint(Caller.user(ANN, Set.of("user")));
        now = now.plus(Duration.ofSeconds(60)).minusMillis(1);
        assertThat(ledger.verify(token).userId()).isEqualTo(ANN);
        now = now.plusMillis(1);
        assertRefused(token);
    }

    @Test
    void mintsItsOwnTokenAgainAtHalfOfItsLife() {
        var first = ledger.forThisService();
        now = now.plusSeconds(29);
        assertThat(ledger.forThisService()).isSameAs(first);
        now = now.plusSeconds(1);
        assertThat(ledger.forThisService()).isNotEqualTo(first);
    }

    @Test
    void refusesOtherAudiencesMissingClaimsAndStrangeSubjects() throws Exception {
        assertRefused(forged(LEDGER, claims -> claims.audience("quotabank")));
        assertRefused(forged(LEDGER, claims -> claims.audience(List.of("quotabank-internal", "other"))));
        assertRefused(forged(LEDGER, claims -> claims.audience((String) null)));
        assertRefused(forged(LEDGER, claims -> claims.expirationTime(null)));
        assertRefused(forged(LEDGER, claims -> claims.subject(null)));
        assertRefused(forged(LEDGER, claims -> claims.issuer(null)));
        assertRefused(forged(InternalTokens.GATEWAY, claims -> claims.subject("ann")));
        assertRefused(forged(InternalTokens.GATEWAY, claims -> claims.subject("1-1-1-1-1")));
        assertRefused(forged(
                InternalTokens.GATEWAY, claims -> claims.subject(ANN.toString()).claim("roles", 7)));
        assertRefused(forged(
                InternalTokens.GATEWAY, claims -> claims.subject(ANN.toString()).claim("akid", "x")));
    }

    @Test
    void refusesOtherSignaturesAndOtherAlgorithms() throws Exception {
        var token = gateway.mint(Caller.user(ANN, Set.of("user")));
        assertRefused("");
        assertRefused("x.y.z");
        assertRefused(token.substring(0, token.lastIndexOf('.') + 1));
        assertRefused(token.substring(0, token.lastIndexOf('.') - 1) + "A" + token.substring(token.lastIndexOf('.')));
        assertRefused(new PlainJWT(claims(InternalTokens.GATEWAY).build()).serialize());

        var mac = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(LEDGER).build(),
                claims(LEDGER).build());
        mac.sign(new MACSigner(new byte[32]));
        assertRefused(mac.serialize());

        var stranger = Files.createDirectory(keys.resolve("stranger"));
        ServiceKeys.write(stranger, List.of(LEDGER));
        assertRefused(signed(stranger, LEDGER, LEDGER, claims(LEDGER).build()));
        assertRefused(signed(keys, LEDGER, "unknown-service", claims(LEDGER).build()));
        assertRefused(signed(keys, LEDGER, null, claims(LEDGER).build()));
    }

    @Test
    void refusesToStartWithTheKeyOfAnother() {
        var mixed = new IdentityProperties(
                LEDGER,
                ServiceKeys.privateKeyFile(keys, InternalTokens.GATEWAY),
                ServiceKeys.trustedKeysFile(keys),
                Duration.ofMinutes(1),
                10);
        assertThatIllegalStateException()
                .isThrownBy(() -> new InternalTokens(mixed, clock))
                .withMessageContaining("not the key of ledger-service");
    }

    @Test
    void writesPrivateKeysForTheirOwnerOnlyAndNoneAmongTheTrusted() throws Exception {
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(ServiceKeys.privateKeyFile(keys, LEDGER))))
                .isEqualTo("rw-------");
        assertThat(Files.readString(ServiceKeys.trustedKeysFile(keys))).doesNotContain("\"d\"");
    }

    @Test
    void aServiceHasNoUserId() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Caller.service(LEDGER).userId());
        assertThat(Caller.service(LEDGER).has(Caller.SERVICE)).isTrue();
        assertThat(Caller.user(ANN, Set.of("user")).has("admin")).isFalse();
    }

    private void assertRefused(String token) {
        assertThatExceptionOfType(InvalidTokenException.class).isThrownBy(() -> ledger.verify(token));
    }

    private String forged(String signer, UnaryOperator<JWTClaimsSet.Builder> change) throws Exception {
        return signed(keys, signer, signer, change.apply(claims(signer)).build());
    }

    private JWTClaimsSet.Builder claims(String issuer) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject("service:" + issuer)
                .audience("quotabank-internal")
                .expirationTime(Date.from(now.plusSeconds(60)))
                .claim("roles", List.of("service"));
    }

    private static String signed(Path keys, String signer, String keyId, JWTClaimsSet claims) throws Exception {
        var key = OctetKeyPair.parse(Files.readString(ServiceKeys.privateKeyFile(keys, signer)));
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.Ed25519).keyID(keyId).build(), claims);
        token.sign(new Ed25519Signer(key));
        return token.serialize();
    }

    private IdentityProperties settings(String service) {
        return new IdentityProperties(
                service,
                ServiceKeys.privateKeyFile(keys, service),
                ServiceKeys.trustedKeysFile(keys),
                Duration.ofMinutes(1),
                10);
    }
}
