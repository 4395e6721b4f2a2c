/** Taking events a poll at a time. */
@NullMarked
package io.quotabank.platform.batch;

import org.jspecify.annotations.NullMarked;
