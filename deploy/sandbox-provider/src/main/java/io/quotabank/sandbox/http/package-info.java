/** A small HTTP/1.1 server on Netty: requests read whole, answers sent at once or in pieces, writes accounted for. */
@NullMarked
package io.quotabank.sandbox.http;

import org.jspecify.annotations.NullMarked;
