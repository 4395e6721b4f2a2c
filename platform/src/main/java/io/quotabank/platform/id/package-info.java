/** Ids that sort by the time they were made, and the clock they are made with. */
@NullMarked
package io.quotabank.platform.id;

import org.jspecify.annotations.NullMarked;
