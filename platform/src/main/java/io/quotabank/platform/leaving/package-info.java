/** How a process that is told to stop leaves without losing a request: serves on, is sent nothing more, ends. */
@NullMarked
package io.quotabank.platform.leaving;

import org.jspecify.annotations.NullMarked;
