/** Planted: nothing wrong here. */
@NullMarked
package io.quotabank.planted.good;

import org.jspecify.annotations.NullMarked;
