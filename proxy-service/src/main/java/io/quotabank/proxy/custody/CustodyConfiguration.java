package io.quotabank.proxy.custody;

import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HybridConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CustodyProperties.class)
class CustodyConfiguration {

    @Bean
    Custody custody(CustodyProperties properties) throws GeneralSecurityException, IOException {
        return new Custody(keyset(properties.privateKeysetFile()), properties);
    }

    static HybridDecrypt keyset(Path file) throws GeneralSecurityException, IOException {
        HybridConfig.register();
        return TinkJsonProtoKeysetFormat.parseKeyset(
                        Files.readString(file), RegistryConfiguration.get(), InsecureSecretKeyAccess.get())
                .getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class);
    }
}
