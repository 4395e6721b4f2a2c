/** A running suite as scripts see it: its addresses, its books, its sandbox, its processes. */
@NullMarked
package io.quotabank.systemtests.stack;

import org.jspecify.annotations.NullMarked;
