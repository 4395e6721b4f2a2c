/** The provider's customers: API keys with their models, rate limits, balance and the prompts cached for them. */
@NullMarked
package io.quotabank.sandbox.key;

import org.jspecify.annotations.NullMarked;
