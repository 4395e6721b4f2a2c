/** What the suite consists of: how each part is started, known to be ready, and stopped. */
@NullMarked
package io.quotabank.local.part;

import org.jspecify.annotations.NullMarked;
