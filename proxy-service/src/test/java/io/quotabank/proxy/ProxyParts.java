package io.quotabank.proxy;

import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HybridConfig;
import com.google.crypto.tink.hybrid.PredefinedHybridParameters;
import io.quotabank.platform.testkit.RealParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** {@link RealParts}, and what this service needs besides: a private keyset and a directory for its journal. */
public final class ProxyParts implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        new RealParts().initialize(context);
        try {
            var directory = Files.createTempDirectory("proxy-service");
            var own = Map.<String, Object>of(
                    "quotabank.custody.private-keyset-file", keyset(directory).toString(),
                    "quotabank.journal.directory", directory.resolve("journal").toString());
            // Last: a test that shares a directory between contexts names its own.
            context.getEnvironment().getPropertySources().addLast(new MapPropertySource("proxy-parts", own));
        } catch (IOException | GeneralSecurityException refused) {
            throw new UncheckedIOException(new IOException(refused));
        }
    }

    private static Path keyset(Path directory) throws GeneralSecurityException, IOException {
        HybridConfig.register();
        var tink = RegistryConfiguration.get();
        var keyset = KeysetHandle.generateNew(PredefinedHybridParameters.ECIES_P256_HKDF_HMAC_SHA256_AES128_GCM, tink);
        var json = TinkJsonProtoKeysetFormat.serializeKeyset(keyset, tink, InsecureSecretKeyAccess.get());
        return Files.writeString(directory.resolve("private-keyset.json"), json);
    }
}
