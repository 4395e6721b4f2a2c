/** A small service that stands on the platform as the real ones do, for the platform's own tests. */
@NullMarked
package io.quotabank.platform.sample;

import org.jspecify.annotations.NullMarked;
