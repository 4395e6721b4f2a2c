/** Demo data, made through the public API. */
@NullMarked
package io.quotabank.local.demo;

import org.jspecify.annotations.NullMarked;
