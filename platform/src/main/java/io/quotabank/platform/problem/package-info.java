/** Errors as RFC 9457 problem details with codes from one catalogue, and in the OpenAI form for {@code /v1}. */
@NullMarked
package io.quotabank.platform.problem;

import org.jspecify.annotations.NullMarked;
