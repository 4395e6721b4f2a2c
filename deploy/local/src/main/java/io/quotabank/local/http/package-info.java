/** Small JSON calls to parts on this machine. */
@NullMarked
package io.quotabank.local.http;

import org.jspecify.annotations.NullMarked;
