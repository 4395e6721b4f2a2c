/** Which instances of the services that this one calls take requests right now. */
@NullMarked
package io.quotabank.platform.peer;

import org.jspecify.annotations.NullMarked;
