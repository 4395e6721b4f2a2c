/** The keys that services prove and seal with, made once per state directory. */
@NullMarked
package io.quotabank.local.key;

import org.jspecify.annotations.NullMarked;
