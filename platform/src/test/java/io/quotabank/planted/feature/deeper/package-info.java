/** Planted: a feature inside a feature. */
@NullMarked
package io.quotabank.planted.feature.deeper;

import org.jspecify.annotations.NullMarked;
