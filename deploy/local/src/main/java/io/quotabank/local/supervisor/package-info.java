/** The one process that owns the parts: starts, restarts and stops them, and answers commands. */
@NullMarked
package io.quotabank.local.supervisor;

import org.jspecify.annotations.NullMarked;
