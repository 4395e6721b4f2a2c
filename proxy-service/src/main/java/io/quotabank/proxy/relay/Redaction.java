package io.quotabank.proxy.relay;

import io.quotabank.proxy.custody.OpenedSecret;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Takes what names a key, its host or its account out of a provider's answer; an answer without them stays as it is. */
final class Redaction {

    private static final Pattern ACCOUNT = Pattern.compile("\\b(?:org|proj|user|acct)[-_][A-Za-z0-9]{8,}");

    /** @param host the authority of the key's base URL */
    static byte[] of(byte[] answer, OpenedSecret secret, String host) {
        // Latin-1 keeps every byte as one character, whatever the text's encoding is.
        var text = new String(answer, StandardCharsets.ISO_8859_1);
        var hidden =
                ACCOUNT.matcher(secret.hideIn(text).replace(host, "[provider]")).replaceAll("[account]");
        return hidden.equals(text) ? answer : hidden.getBytes(StandardCharsets.ISO_8859_1);
    }

    private Redaction() {}
}
