/** Who calls: short Ed25519 tokens that services sign for themselves and, at the gateway, for people. */
@NullMarked
package io.quotabank.platform.identity;

import org.jspecify.annotations.NullMarked;
