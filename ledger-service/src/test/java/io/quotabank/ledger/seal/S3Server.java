package io.quotabank.ledger.seal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One bucket over HTTP, as Amazon's reference of S3 says of PutObject, GetObject and ListObjectsV2, in path style. It
 * computes each request's Signature Version 4 anew, and does what tests of faults want.
 */
final class S3Server implements AutoCloseable {

    static final String ACCESS_KEY = "AKIDOFATEST";
    static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    /** @param headers in lower case */
    record Put(String key, Map<String, String> headers) {}

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    final ConcurrentSkipListMap<String, String> objects = new ConcurrentSkipListMap<>();
    /** Those that were stored, in their order. */
    final List<Put> puts = new CopyOnWriteArrayList<>();

    private final HttpServer server;
    private final String path;
    private final AtomicReference<@Nullable Runnable> beforePut = new AtomicReference<>();
    private volatile @Nullable Runnable beforeAnswer;
    private volatile boolean forbidding;
    private volatile boolean losing;

    S3Server(String bucket) {
        path = "/" + bucket;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** The bucket's policy has changed. */
    void forbid(boolean all) {
        forbidding = all;
    }

    /** Another's request is served just before the next PUT. */
    void beforeNextPut(Runnable other) {
        beforePut.set(other);
    }

    /** What was asked is done, and then this, before the answer. */
    void beforeAnswers(@Nullable Runnable wait) {
        beforeAnswer = wait;
    }

    /** What was asked is done, and the connection closed instead of an answer. */
    void loseAnswers(boolean lose) {
        losing = lose;
    }

    /** Nothing is wrong any more. */
    void heal() {
        forbid(false);
        beforePut.set(null);
        beforeAnswers(null);
        loseAnswers(false);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private record Answer(int status, String body) {
        static Answer refused(int status, String code) {
            return new Answer(status, "<Error><Code>" + code + "</Code><Message>a test</Message></Error>");
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            var answer = forbidding ? Answer.refused(403, "AccessDenied") : answer(exchange, body);
            var wait = beforeAnswer;
            if (wait != null) {
                wait.run();
            }
            if (losing) {
                return;
            }
            var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Answer answer(HttpExchange exchange, byte[] body) {
        if (!signed(exchange, body)) {
            return Answer.refused(403, "SignatureDoesNotMatch");
        }
        var at = exchange.getRequestURI().getPath();
        if (at.equals(path) && exchange.getRequestMethod().equals("GET")) {
            return list(query(exchange));
        }
        if (!at.startsWith(path + "/")) {
            return Answer.refused(404, "NoSuchBucket");
        }
        var key = at.substring(path.length() + 1);
        return switch (exchange.getRequestMethod()) {
            case "PUT" -> put(key, headers(exchange), body);
            case "GET" ->
                objects.containsKey(key) ? new Answer(200, objects.get(key)) : Answer.refused(404, "NoSuchKey");
            default -> Answer.refused(405, "MethodNotAllowed");
        };
    }

    private Answer put(String key, Map<String, String> headers, byte[] body) {
        var other = beforePut.getAndSet(null);
        if (other != null) {
            other.run();
        }
        var md5 = headers.get("content-md5");
        if (md5 == null && headers.containsKey("x-amz-object-lock-mode")) {
            return Answer.refused(400, "InvalidRequest");
        }
        if (md5 != null && !md5.equals(Base64.getEncoder().encodeToString(digest("MD5", body)))) {
            return Answer.refused(400, "BadDigest");
        }
        var text = new String(body, StandardCharsets.UTF_8);
        if (!"*".equals(headers.get("if-none-match"))) {
            objects.put(key, text);
        } else if (objects.putIfAbsent(key, text) != null) {
            return Answer.refused(412, "PreconditionFailed");
        }
        puts.add(new Put(key, headers));
        return new Answer(200, "");
    }

    private Answer list(Map<String, String> query) {
        var prefix = query.getOrDefault("prefix", "");
        var found = objects.tailMap(prefix).keySet().stream()
                .filter(key -> key.startsWith(prefix))
                .toList();
        long most = Long.parseLong(query.getOrDefault("max-keys", "1000"));
        var contents = found.stream()
                .limit(most)
                .map(key -> "<Contents><Key>" + key + "</Key></Contents>")
                .collect(Collectors.joining());
        return new Answer(
                200,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                        + "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>"
                        + (found.size() > most) + "</IsTruncated>" + contents + "</ListBucketResult>");
    }

    /** Amazon's reference, "Create a signed AWS API request": with the secret that both know. */
    private static boolean signed(HttpExchange exchange, byte[] body) {
        var headers = headers(exchange);
        var given = headers.getOrDefault("authorization", "");
        if (!given.startsWith(ALGORITHM + " Credential=" + ACCESS_KEY + "/")) {
            return false;
        }
        var parts = Stream.of(given.substring(ALGORITHM.length()).split(",", -1))
                .map(part -> part.strip().split("=", 2))
                .collect(Collectors.toMap(part -> part[0], part -> part[1]));
        var hash = headers.getOrDefault("x-amz-content-sha256", "");
        var scope = parts.get("Credential").split("/", 2)[1];
        var names = parts.get("SignedHeaders");
        var canonical = new ArrayList<>(
                List.of(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(), canonicalQuery(exchange)));
        for (var name : names.split(";", -1)) {
            canonical.add(name + ":" + headers.getOrDefault(name, "").strip());
        }
        canonical.addAll(List.of("", names, hash));
        var date = headers.getOrDefault("x-amz-date", "");
        var text = String.join("\n", ALGORITHM, date, scope, sha256(utf8(String.join("\n", canonical))));
        var key = utf8("AWS4" + SECRET);
        for (var part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        boolean wholeBody = hash.equals("UNSIGNED-PAYLOAD") || hash.equals(sha256(body));
        return wholeBody
                && names.contains("host")
                && HexFormat.of().formatHex(hmac(key, text)).equals(parts.get("Signature"));
    }

    private static String canonicalQuery(HttpExchange exchange) {
        var raw = exchange.getRequestURI().getRawQuery();
        return raw == null
                ? ""
                : Stream.of(raw.split("&", -1))
                        .map(part -> part.contains("=") ? part : part + "=")
                        .sorted()
                        .collect(Collectors.joining("&"));
    }

    private static Map<String, String> query(HttpExchange exchange) {
        var query = exchange.getRequestURI().getQuery();
        return Stream.of(query == null ? new String[0] : query.split("&", -1))
                .map(part -> part.split("=", 2))
                .collect(Collectors.toMap(part -> part[0], part -> part.length > 1 ? part[1] : ""));
    }

    private static Map<String, String> headers(HttpExchange exchange) {
        var headers = new TreeMap<String, String>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
        return headers;
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest("SHA-256", bytes));
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
