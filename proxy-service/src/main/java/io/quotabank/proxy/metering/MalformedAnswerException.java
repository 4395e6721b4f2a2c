package io.quotabank.proxy.metering;

/** A provider's answer is not the JSON it should be. Carries no text of it. */
public final class MalformedAnswerException extends Exception {
    MalformedAnswerException(String what) {
        super(what, null, false, false);
    }
}
