/** OpenAI's chat protocol, and DeepSeek's balance: requests checked, limited, answered whole or streamed. */
@NullMarked
package io.quotabank.sandbox.openai;

import org.jspecify.annotations.NullMarked;
