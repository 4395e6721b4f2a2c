/** Processes of the operating system: their identity, memory and signals. */
@NullMarked
package io.quotabank.local.process;

import org.jspecify.annotations.NullMarked;
