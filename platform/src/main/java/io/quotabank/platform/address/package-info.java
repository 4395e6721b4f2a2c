/** Ranges of addresses that an operator names in settings. */
@NullMarked
package io.quotabank.platform.address;

import org.jspecify.annotations.NullMarked;
