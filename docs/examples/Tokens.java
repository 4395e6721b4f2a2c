import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The issuer of tokens for a ledger that runs by itself (docs/ledger-alone.md): makes the key files, and signs tokens as
 * an application does before its calls. One file, for Java 17 or later and nothing else; it knows nothing of Quotabank's
 * code.
 *
 * <p>{@code java Tokens.java keys DIRECTORY NAME...} writes NAME.private.jwk for each name, and trusted.jwks with all
 * public keys. {@code java Tokens.java token PRIVATE_KEY} prints a token of the key's own name;
 * {@code java Tokens.java token DIRECTORY/gateway-service.private.jwk UUID ROLE...} one that names a person.
 */
public final class Tokens {

    /** A token is made for a call, or for those of the next minute. */
    private static final Duration LIFETIME = Duration.ofSeconds(60);

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final int KEY_BYTES = 32;

    private Tokens() {}

    public static void main(String[] arguments) throws Exception {
        var words = List.of(arguments);
        if (words.size() >= 3 && words.get(0).equals("keys")) {
            writeKeys(Path.of(words.get(1)), words.subList(2, words.size()));
        } else if (words.size() >= 2 && words.get(0).equals("token")) {
            System.out.println(token(Files.readString(Path.of(words.get(1))), words.subList(2, words.size())));
        } else {
            System.err.println("usage: java Tokens.java keys DIRECTORY NAME..."
                    + " | java Tokens.java token PRIVATE_KEY [UUID ROLE...]");
            System.exit(2);
        }
    }

    /** JSON web keys (RFC 8037). A file that is there already stops it: a key that is in use is not written over. */
    private static void writeKeys(Path directory, List<String> names) throws IOException, GeneralSecurityException {
        Files.createDirectories(directory);
        var trusted = new ArrayList<String>();
        for (var name : names) {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            // The JDK's encoding of a public key ends with the key itself.
            var encoded = pair.getPublic().getEncoded();
            var common = "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"Ed25519\",\"kid\":\"%s\",\"x\":\"%s\""
                    .formatted(name, BASE64.encodeToString(lastBytes(encoded)));
            var secret = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            var file = directory.resolve(name + ".private.jwk");
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, "{%s,\"d\":\"%s\"}%n".formatted(common, BASE64.encodeToString(secret)));
            trusted.add("{" + common + "}");
        }
        var all = "{\"keys\":[%n%s%n]}%n".formatted(String.join(",\n", trusted));
        Files.writeString(directory.resolve("trusted.jwks"), all);
    }

    private static byte[] lastBytes(byte[] encoded) {
        return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
    }

    /** @param person an id and roles; empty where the application speaks for itself */
    private static String token(String key, List<String> person) throws GeneralSecurityException {
        var issuer = member(key, "kid");
        var subject = person.isEmpty() ? "service:" + issuer : UUID.fromString(person.get(0)).toString();
        var roles = person.isEmpty() ? List.of("service") : person.subList(1, person.size());
        var header = "{\"alg\":\"Ed25519\",\"kid\":\"%s\"}".formatted(issuer);
        var claims = """
                {"iss":"%s","aud":"quotabank-internal","sub":"%s","exp":%d,"roles":[%s]}"""
                .formatted(
                        issuer,
                        subject,
                        Instant.now().plus(LIFETIME).getEpochSecond(),
                        roles.stream().map(role -> '"' + role + '"').collect(Collectors.joining(",")));
        var signed = base64(header) + "." + base64(claims);
        var secret = Base64.getUrlDecoder().decode(member(key, "d"));
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, secret)));
        signature.update(signed.getBytes(StandardCharsets.US_ASCII));
        return signed + "." + BASE64.encodeToString(signature.sign());
    }

    private static String base64(String text) {
        return BASE64.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A member of a key file. An application of your own has a library for JSON, and perhaps one for tokens. */
    private static String member(String json, String name) {
        var value = Pattern.compile("\"" + name + "\"\\s*:\\s*\"([^\"]+)\"").matcher(json);
        if (!value.find()) {
            throw new IllegalStateException("the key has no " + name);
        }
        return value.group(1);
    }
}
