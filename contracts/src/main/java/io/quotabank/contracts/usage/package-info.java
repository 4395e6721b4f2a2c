/** The topic {@code usage.v1}: what each request opened and closed with, everything needed to settle it. */
@NullMarked
package io.quotabank.contracts.usage;

import org.jspecify.annotations.NullMarked;
