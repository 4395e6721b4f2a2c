/** Amounts of credits as every service stores, adds and writes them. */
@NullMarked
package io.quotabank.contracts.money;

import org.jspecify.annotations.NullMarked;
