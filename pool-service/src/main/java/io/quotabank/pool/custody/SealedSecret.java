package io.quotabank.pool.custody;

import java.security.MessageDigest;
import java.util.Base64;

/**
 * What the pool keeps of a secret: the HPKE ciphertext, a fingerprint that is the same for the same secret and tells
 * nothing without the fingerprint key, and the last four characters, which its owner may see.
 */
public final class SealedSecret {

    private final String sealed;
    private final byte[] fingerprint;
    private final String lastFour;

    SealedSecret(byte[] ciphertext, byte[] fingerprint, String lastFour) {
        this.sealed = Base64.getEncoder().encodeToString(ciphertext);
        this.fingerprint = fingerprint.clone();
        this.lastFour = lastFour;
    }

    /** Base64. */
    public String sealed() {
        return sealed;
    }

    /** 32 bytes. */
    public byte[] fingerprint() {
        return fingerprint.clone();
    }

    public String lastFour() {
        return lastFour;
    }

    /** Whether it was made of the secret that a stored fingerprint was made of. */
    public boolean matches(byte[] storedFingerprint) {
        return MessageDigest.isEqual(fingerprint, storedFingerprint);
    }

    @Override
    public String toString() {
        return "SealedSecret[hidden]";
    }
}
