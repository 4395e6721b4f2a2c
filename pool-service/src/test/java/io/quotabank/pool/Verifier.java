package io.quotabank.pool;

import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HybridConfig;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quotabank.contracts.verification.KeyVerification.Check;
import io.quotabank.contracts.verification.KeyVerification.Report;
import io.quotabank.contracts.verification.KeyVerification.Request;
import io.quotabank.contracts.verification.KeyVerification.Result;
import io.quotabank.platform.identity.InvalidTokenException;
import io.quotabank.platform.testkit.TestIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands where proxy-service stands: holds the private keyset, opens what the pool has sealed, and answers a request for
 * verification by what the opened secret is told to be.
 */
public final class Verifier {

    /** What a secret turns out to be. */
    public record Truth(
            List<String> models, boolean authenticates, boolean reachable, boolean spent, BigDecimal balanceUsd) {
        public static final Truth GOOD = new Truth(List.of(), true, true, false, null);

        public Truth refused() {
            return new Truth(models, false, reachable, spent, balanceUsd);
        }

        public Truth unreachable() {
            return new Truth(models, authenticates, false, spent, balanceUsd);
        }

        /** The provider says that nothing is left on it. */
        public Truth nothingLeft() {
            return new Truth(models, authenticates, reachable, true, balanceUsd);
        }

        public Truth serving(String... served) {
            return new Truth(List.of(served), authenticates, reachable, spent, balanceUsd);
        }

        public Truth telling(String usd) {
            return new Truth(models, authenticates, reachable, spent, new BigDecimal(usd));
        }

        boolean serves(String model) {
            return models.isEmpty() || models.contains(model);
        }
    }

    private static final Verifier INSTANCE = new Verifier();

    private final JsonMapper json = new JsonMapper();
    private final Map<String, Truth> truths = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final HybridDecrypt open;
    private final Path publicKeyset;
    private final HttpServer server;
    private volatile boolean away;

    public static Verifier get() {
        return INSTANCE;
    }

    private Verifier() {
        try {
            HybridConfig.register();
            var keyset = hpke();
            open = keyset.getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class);
            publicKeyset = Files.createTempFile("public-keyset", ".json");
            Files.writeString(
                    publicKeyset,
                    TinkJsonProtoKeysetFormat.serializeKeysetWithoutSecret(
                            keyset.getPublicKeysetHandle(), RegistryConfiguration.get()));
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/internal/key-verifications", this::answer);
            server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
            server.start();
        } catch (GeneralSecurityException | IOException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static KeysetHandle hpke() throws GeneralSecurityException {
        return KeysetHandle.generateNew(
                HpkeParameters.builder()
                        .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
                        .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
                        .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
                        .setVariant(HpkeParameters.Variant.TINK)
                        .build(),
                RegistryConfiguration.get());
    }

    public Path publicKeyset() {
        return publicKeyset;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public void say(String secret, Truth truth) {
        truths.put(secret, truth);
    }

    /** As if no proxy-service were there. */
    public void away(boolean isAway) {
        away = isAway;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public String open(String sealed, String context) {
        try {
            var bytes = open.decrypt(Base64.getDecoder().decode(sealed), context.getBytes(StandardCharsets.UTF_8));
            return new String(bytes, StandardCharsets.US_ASCII);
        } catch (GeneralSecurityException wrong) {
            throw new IllegalArgumentException("can't be opened in the context " + context, wrong);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (away) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            if (!fromThePool(exchange)) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            var request = json.readValue(exchange.getRequestBody().readAllBytes(), Request.class);
            requests.add(request);
            var body = json.writeValueAsBytes(report(request));
            exchange.getResponseHeaders().set("content-type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (RuntimeException wrong) {
            throw new UncheckedIOException(new IOException(wrong));
        }
    }

    private static boolean fromThePool(HttpExchange exchange) {
        try {
            var token = exchange.getRequestHeaders().getFirst("authorization").substring("Bearer ".length());
            return TestIdentity.of("proxy-service").verify(token).subject().equals("service:pool-service");
        } catch (InvalidTokenException forged) {
            return false;
        }
    }

    private Report report(Request request) {
        var owner = request.ownerId() == null ? "platform" : request.ownerId().toString();
        var truth = truths.getOrDefault(open(request.sealedSecret(), request.keyId() + "|" + owner), Truth.GOOD);
        var checks = new ArrayList<Check>();
        if (!truth.reachable()) {
            checks.add(new Check("address", Result.UNREACHABLE, "the connection was refused"));
            return new Report(checks, null);
        }
        checks.add(new Check("address", Result.PASSED, "answers"));
        if (!truth.authenticates()) {
            checks.add(new Check("authentication", Result.FAILED, "the provider does not know the key"));
            return new Report(checks, null);
        }
        checks.add(new Check("authentication", Result.PASSED, "accepted"));
        for (var model : request.models()) {
            if (truth.spent()) {
                checks.add(new Check("model:" + model, Result.EXHAUSTED, "nothing is left"));
                continue;
            }
            var served = truth.serves(model);
            checks.add(new Check(
                    "model:" + model, served ? Result.PASSED : Result.FAILED, served ? "answers" : "not served"));
        }
        if (truth.balanceUsd() != null && request.claimedUsd() != null) {
            boolean covered = request.claimedUsd().compareTo(truth.balanceUsd()) <= 0;
            checks.add(new Check("balance", covered ? Result.PASSED : Result.FAILED, "tells " + truth.balanceUsd()));
        }
        return new Report(checks, truth.balanceUsd());
    }
}
