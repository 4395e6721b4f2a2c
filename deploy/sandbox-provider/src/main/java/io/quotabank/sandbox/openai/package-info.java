/** OpenAI's protocol, and DeepSeek's balance: requests read, checked, limited and answered. */
@NullMarked
package io.quotabank.sandbox.openai;

import org.jspecify.annotations.NullMarked;
