/** Faults that tests ask for: which requests they hit, how often, and what they do. */
@NullMarked
package io.quotabank.sandbox.fault;

import org.jspecify.annotations.NullMarked;
