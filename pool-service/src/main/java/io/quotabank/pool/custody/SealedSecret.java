package io.quotabank.pool.custody;

import java.util.Arrays;

/**
 * What the pool keeps of a secret.
 *
 * @param sealed HPKE ciphertext, base64
 * @param fingerprint 32 bytes that are the same for the same secret, and tell nothing without the fingerprint key
 * @param lastFour what its owner may see
 */
public record SealedSecret(String sealed, byte[] fingerprint, String lastFour) {

    public SealedSecret {
        fingerprint = fingerprint.clone();
    }

    @Override
    public byte[] fingerprint() {
        return fingerprint.clone();
    }

    public boolean sameSecretAs(byte[] other) {
        return Arrays.equals(fingerprint, other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SealedSecret that
                && sealed.equals(that.sealed)
                && lastFour.equals(that.lastFour)
                && Arrays.equals(fingerprint, that.fingerprint);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(fingerprint);
    }

    @Override
    public String toString() {
        return "SealedSecret[hidden]";
    }
}
