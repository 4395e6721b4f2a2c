/** Figures that every process has and nobody else measures. */
@NullMarked
package io.quotabank.platform.meter;

import org.jspecify.annotations.NullMarked;
