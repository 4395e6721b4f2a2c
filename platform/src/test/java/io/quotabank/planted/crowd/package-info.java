/** Planted: too many public types. */
@NullMarked
package io.quotabank.planted.crowd;

import org.jspecify.annotations.NullMarked;
