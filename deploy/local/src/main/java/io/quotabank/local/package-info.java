/** The local stack: builds, starts, watches and stops the whole suite on one machine. */
@NullMarked
package io.quotabank.local;

import org.jspecify.annotations.NullMarked;
