/** The sandbox's own key pairs and secrets, in files that a merchant mounts. */
@NullMarked
package io.quotabank.sandboxpay.key;

import org.jspecify.annotations.NullMarked;
