package io.quotabank.proxy.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HybridConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CustodyTests {

    private static final UUID KEY = UUID.randomUUID();
    private static final UUID OWNER = UUID.randomUUID();

    private final TestCustody seals = new TestCustody();
    private final Custody custody = seals.custody();

    @Test
    void opensWhatWasSealedForTheKeyAndItsOwner() {
        assertThat(opened(KEY, OWNER, seals.seal(KEY, OWNER, "sk-1"))).isEqualTo("sk-1");
        assertThat(opened(KEY, null, seals.seal(KEY, null, "sk-2"))).isEqualTo("sk-2");
    }

    @Test
    void opensNothingThatWasMovedToAnotherKeyOrOwner() {
        var sealed = seals.seal(KEY, OWNER, "sk-1");

        assertThat(custody.open(UUID.randomUUID(), OWNER, sealed)).isEmpty();
        assertThat(custody.open(KEY, UUID.randomUUID(), sealed)).isEmpty();
        assertThat(custody.open(KEY, null, sealed)).isEmpty();
    }

    @Test
    void opensNothingThatIsDamagedOrOfAnotherKeyset() {
        var sealed = Base64.getDecoder().decode(seals.seal(KEY, OWNER, "sk-1"));
        sealed[sealed.length - 1] ^= 1;

        assertThat(custody.open(KEY, OWNER, Base64.getEncoder().encodeToString(sealed)))
                .isEmpty();
        assertThat(custody.open(KEY, OWNER, "not base64!")).isEmpty();
        assertThat(custody.open(KEY, OWNER, "")).isEmpty();
        assertThat(custody.open(KEY, OWNER, new TestCustody().seal(KEY, OWNER, "sk-1")))
                .isEmpty();
    }

    @Test
    void opensNothingThatCouldWriteHeadersOfItsOwn() {
        for (var text : new String[] {"", "sk\r\nHost: elsewhere", "sk 1", "sk\u00e9"}) {
            assertThat(custody.open(KEY, OWNER, seals.seal(KEY, OWNER, text))).isEmpty();
        }
    }

    @Test
    void showsNoSecretWhenItIsPrinted() {
        var secret = custody.open(KEY, OWNER, seals.seal(KEY, OWNER, "sk-1")).orElseThrow();

        assertThat(secret.toString()).doesNotContain("sk-1");
        assertThat(secret.hideIn("key sk-1 is wrong, sk-1!")).isEqualTo("key [key] is wrong, [key]!");
    }

    @Test
    void readsAKeysetOfPoolServicesKind(@TempDir Path directory) throws Exception {
        HybridConfig.register();
        var parameters = HpkeParameters.builder()
                .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
                .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
                .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
                .setVariant(HpkeParameters.Variant.TINK)
                .build();
        var keyset = KeysetHandle.generateNew(parameters, RegistryConfiguration.get());
        var file = directory.resolve("private.json");
        Files.writeString(
                file,
                TinkJsonProtoKeysetFormat.serializeKeyset(
                        keyset, RegistryConfiguration.get(), InsecureSecretKeyAccess.get()));
        var sealed = keyset.getPublicKeysetHandle()
                .getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class)
                .encrypt("sk-3".getBytes(StandardCharsets.UTF_8), (KEY + "|" + OWNER).getBytes(StandardCharsets.UTF_8));

        var own = new Custody(CustodyConfiguration.keyset(file), new CustodyProperties(file, Duration.ofMinutes(5), 1));

        assertThat(own.open(KEY, OWNER, Base64.getEncoder().encodeToString(sealed)))
                .map(OpenedSecret::reveal)
                .contains("sk-3");
    }

    @Test
    void keepsNothingOpenedForLongerThanFiveMinutes() {
        var most = new CustodyProperties(Path.of("x"), Duration.ofMinutes(5), 1);
        assertThat(most.keepOpened()).isEqualTo(Duration.ofMinutes(5));
        assertThatThrownBy(() -> new CustodyProperties(
                        Path.of("x"), Duration.ofMinutes(5).plusMillis(1), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private String opened(UUID key, UUID owner, String sealed) {
        return custody.open(key, owner, sealed).orElseThrow().reveal();
    }
}
