/** Proving a deposited key by real calls, which only proxy-service can make. */
@NullMarked
package io.quotabank.contracts.verification;

import org.jspecify.annotations.NullMarked;
