/** Traces of what is too hot to be observed while it runs: its spans are written down once it has ended. */
@NullMarked
package io.quotabank.platform.trace;

import org.jspecify.annotations.NullMarked;
