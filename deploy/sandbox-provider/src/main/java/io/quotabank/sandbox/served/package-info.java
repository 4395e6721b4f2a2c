/** What was really handed to clients, per key and per request: the truth that other books are compared with. */
@NullMarked
package io.quotabank.sandbox.served;

import org.jspecify.annotations.NullMarked;
