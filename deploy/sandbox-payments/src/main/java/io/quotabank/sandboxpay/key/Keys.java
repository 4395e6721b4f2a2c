package io.quotabank.sandboxpay.key;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * Secrets and key pairs, each in a file of its own, made where it is missing. The merchant mounts those that a real
 * merchant would have; the others are the providers'.
 */
public final class Keys {

    public static final String WECHAT_MERCHANT = "1900000001";
    public static final String WECHAT_APP = "wx0000000000000001";
    public static final String WECHAT_SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
    public static final String WECHAT_KEY_ID = "PUB_KEY_ID_0000000000000001";
    public static final String ALIPAY_APP = "2021000000000001";
    public static final String ALIPAY_SELLER = "2088000000000001";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int RSA_BITS = 2048;
    private static final int MIME_LINE = 64;

    private final String stripeApiKey;
    private final String stripeWebhookSecret;
    private final String wechatApiV3Key;
    private final KeyPair wechatMerchant;
    private final KeyPair wechatPlatform;
    private final KeyPair alipayApp;
    private final KeyPair alipayPlatform;
    private final KeyPair stranger;

    private Keys(Path directory) throws IOException, GeneralSecurityException {
        stripeApiKey = secret(directory.resolve("stripe-api-key"), "sk_test_", 24);
        stripeWebhookSecret = secret(directory.resolve("stripe-webhook-secret"), "whsec_", 32);
        wechatApiV3Key = secret(directory.resolve("wechat-api-v3-key"), "", 32);
        wechatMerchant = pair(directory, "wechat-merchant");
        wechatPlatform = pair(directory, "wechat-platform");
        alipayApp = pair(directory, "alipay-app");
        alipayPlatform = pair(directory, "alipay-platform");
        stranger = generate();
    }

    /** @throws IOException when a file can't be read or written */
    public static Keys in(Path directory) throws IOException {
        Files.createDirectories(directory);
        try {
            return new Keys(directory);
        } catch (GeneralSecurityException unusable) {
            throw new IOException("a key in " + directory + " can't be used: " + unusable.getMessage(), unusable);
        }
    }

    public String stripeApiKey() {
        return stripeApiKey;
    }

    public String stripeWebhookSecret() {
        return stripeWebhookSecret;
    }

    public String wechatApiV3Key() {
        return wechatApiV3Key;
    }

    public PublicKey wechatMerchant() {
        return wechatMerchant.getPublic();
    }

    public PrivateKey wechatPlatform() {
        return wechatPlatform.getPrivate();
    }

    public PublicKey alipayApp() {
        return alipayApp.getPublic();
    }

    public PrivateKey alipayPlatform() {
        return alipayPlatform.getPrivate();
    }

    /** A key that nobody trusts, to forge with. */
    public PrivateKey stranger() {
        return stranger.getPrivate();
    }

    /** SHA-256 with RSA, as Base64. */
    public static String sign(PrivateKey key, String text) {
        try {
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(signature.sign());
        } catch (GeneralSecurityException unusable) {
            throw new IllegalStateException(unusable);
        }
    }

    public static boolean verify(PublicKey key, String text, String base64) {
        try {
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(key);
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return signature.verify(Base64.getDecoder().decode(base64));
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Hexadecimal digits by chance. */
    public static String chance(int digits) {
        var bytes = new byte[(digits + 1) / 2];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes).substring(0, digits);
    }

    private static String secret(Path file, String prefix, int digits) throws IOException {
        if (!Files.exists(file)) {
            Files.writeString(file, prefix + chance(digits) + "\n");
        }
        return Files.readString(file).strip();
    }

    private static KeyPair pair(Path directory, String name) throws IOException, GeneralSecurityException {
        var privateFile = directory.resolve(name + ".pem");
        var publicFile = directory.resolve(name + "-public.pem");
        if (!Files.exists(privateFile) || !Files.exists(publicFile)) {
            var made = generate();
            Files.writeString(privateFile, pem("PRIVATE KEY", made.getPrivate().getEncoded()));
            Files.writeString(publicFile, pem("PUBLIC KEY", made.getPublic().getEncoded()));
        }
        var rsa = KeyFactory.getInstance("RSA");
        return new KeyPair(
                rsa.generatePublic(new X509EncodedKeySpec(bytes(publicFile))),
                rsa.generatePrivate(new PKCS8EncodedKeySpec(bytes(privateFile))));
    }

    private static KeyPair generate() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(RSA_BITS);
        return generator.generateKeyPair();
    }

    private static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(MIME_LINE, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(encoded)
                + "\n-----END " + kind + "-----\n";
    }

    private static byte[] bytes(Path pem) throws IOException {
        var text = Files.readString(pem).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return Base64.getDecoder().decode(text);
    }
}
