/** The benchmark: what a request costs through Quotabank beside what it costs through nginx, in one run. */
@NullMarked
package io.quotabank.systemtests.bench;

import org.jspecify.annotations.NullMarked;
