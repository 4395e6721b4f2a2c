package io.quotabank.platform.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.gen.OctetKeyPairGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;

/** Makes the key files that {@link IdentityProperties} names, for a new installation. */
public final class ServiceKeys {

    /** Writes {@code NAME.private.jwk} (mode 600) for each service and {@code trusted.jwks} for all. */
    public static void write(Path directory, Collection<String> services) throws IOException {
        Files.createDirectories(directory);
        var trusted = new ArrayList<JWK>();
        for (var service : services) {
            var key = generate(service);
            var file = privateKeyFile(directory, service);
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, key.toJSONString());
            trusted.add(key.toPublicJWK());
        }
        Files.writeString(trustedKeysFile(directory), new JWKSet(trusted).toString());
    }

    public static Path privateKeyFile(Path directory, String service) {
        return directory.resolve(service + ".private.jwk");
    }

    public static Path trustedKeysFile(Path directory) {
        return directory.resolve("trusted.jwks");
    }

    private static OctetKeyPair generate(String service) {
        try {
            return new OctetKeyPairGenerator(Curve.Ed25519)
                    .keyID(service)
                    .algorithm(JWSAlgorithm.Ed25519)
                    .generate();
        } catch (JOSEException impossible) {
            throw new IllegalStateException("Ed25519 is on the class path", impossible);
        }
    }

    private ServiceKeys() {}
}
