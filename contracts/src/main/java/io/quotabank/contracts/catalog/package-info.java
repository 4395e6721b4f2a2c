/** The compacted topic {@code catalog.v1}: models, price versions and mark-ups. */
@NullMarked
package io.quotabank.contracts.catalog;

import org.jspecify.annotations.NullMarked;
