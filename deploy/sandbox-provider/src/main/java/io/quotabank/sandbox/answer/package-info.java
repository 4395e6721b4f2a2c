/** Answers in OpenAI's form, whole or as events, and the truth of how much of each was sent. */
@NullMarked
package io.quotabank.sandbox.answer;

import org.jspecify.annotations.NullMarked;
