/** The sandbox provider's process: arguments in, two listening servers out. */
@NullMarked
package io.quotabank.sandbox;

import org.jspecify.annotations.NullMarked;
