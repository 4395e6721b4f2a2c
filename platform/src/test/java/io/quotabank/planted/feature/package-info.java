/** Planted: a feature that breaks most rules. */
@NullMarked
package io.quotabank.planted.feature;

import org.jspecify.annotations.NullMarked;
