/** Access keys: their written form, the compacted topic {@code access-keys.v1}, and how the gateway asks for one. */
@NullMarked
package io.quotabank.contracts.accesskey;

import org.jspecify.annotations.NullMarked;
