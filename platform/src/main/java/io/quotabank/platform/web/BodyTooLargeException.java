package io.quotabank.platform.web;

import java.io.IOException;

/** A body turned out to be larger than its bound while it was read. */
public final class BodyTooLargeException extends IOException {

    BodyTooLargeException() {
        super("the body is larger than allowed");
    }
}
