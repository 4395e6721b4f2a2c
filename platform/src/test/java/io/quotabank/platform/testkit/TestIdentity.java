package io.quotabank.platform.testkit;

import io.quotabank.platform.identity.Caller;
import io.quotabank.platform.identity.IdentityProperties;
import io.quotabank.platform.identity.InternalTokens;
import io.quotabank.platform.identity.ServiceKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Key files of all services, made once per JVM, and tokens as these services would mint them. */
public final class TestIdentity {

    public static final List<String> SERVICES = List.of(
            InternalTokens.GATEWAY, "ledger-service", "pool-service", "proxy-service", "usage-log", "risk-service");

    private static final Path DIRECTORY = write();
    private static final Map<String, InternalTokens> TOKENS = new ConcurrentHashMap<>();

    /** A person's token, minted by the gateway; without roles the person has the role {@code user}. */
    public static String user(UUID id, String... roles) {
        return token(Caller.user(id, roles.length == 0 ? Set.of("user") : Set.of(roles)));
    }

    /** A service's token of its own. */
    public static String service(String name) {
        return of(name).forThisService();
    }

    /** Any token that the gateway can mint. */
    public static String token(Caller caller) {
        return of(InternalTokens.GATEWAY).mint(caller);
    }

    /** What a service mints and verifies with. */
    public static InternalTokens of(String service) {
        return TOKENS.computeIfAbsent(service, name -> new InternalTokens(settings(name), Clock.systemUTC()));
    }

    public static IdentityProperties settings(String service) {
        return new IdentityProperties(
                service,
                ServiceKeys.privateKeyFile(DIRECTORY, service),
                ServiceKeys.trustedKeysFile(DIRECTORY),
                Duration.ofMinutes(1),
                1_000);
    }

    /** The same as Spring properties. */
    public static Map<String, Object> properties(String service) {
        return Map.of(
                "quotabank.identity.service", service,
                "quotabank.identity.private-key-file",
                        ServiceKeys.privateKeyFile(DIRECTORY, service).toString(),
                "quotabank.identity.trusted-keys-file",
                        ServiceKeys.trustedKeysFile(DIRECTORY).toString());
    }

    private static Path write() {
        try {
            var directory = Files.createTempDirectory("test-identity");
            ServiceKeys.write(directory, SERVICES);
            return directory;
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    private TestIdentity() {}
}
