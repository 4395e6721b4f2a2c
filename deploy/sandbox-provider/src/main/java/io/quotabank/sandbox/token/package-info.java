/** Counts and splits text in tokens as OpenAI's current models do. */
@NullMarked
package io.quotabank.sandbox.token;

import org.jspecify.annotations.NullMarked;
