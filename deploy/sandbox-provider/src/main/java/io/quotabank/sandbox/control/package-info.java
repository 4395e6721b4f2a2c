/** The control API by which tests make keys, spend balances, plant faults and read what was served. */
@NullMarked
package io.quotabank.sandbox.control;

import org.jspecify.annotations.NullMarked;
