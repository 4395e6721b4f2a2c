package io.quotabank.platform.identity;

/** A token that proves nothing. The message is for the log: it holds no part of the token. */
public final class InvalidTokenException extends Exception {

    InvalidTokenException(String reason) {
        super(reason, null, false, false);
    }
}
