/** Where repeating jobs run. */
@NullMarked
package io.quotabank.platform.job;

import org.jspecify.annotations.NullMarked;
