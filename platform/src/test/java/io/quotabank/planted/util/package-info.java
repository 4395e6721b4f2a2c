/** Planted: a package of a layer. */
@NullMarked
package io.quotabank.planted.util;

import org.jspecify.annotations.NullMarked;
