/** Settings that every service starts from; whatever a service or its launcher sets wins over them. */
@NullMarked
package io.quotabank.platform.settings;

import org.jspecify.annotations.NullMarked;
