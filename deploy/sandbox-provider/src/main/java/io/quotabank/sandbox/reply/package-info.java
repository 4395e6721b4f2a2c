/** What the provider says: prose, a tool call or a JSON object, in pieces of known numbers of tokens. */
@NullMarked
package io.quotabank.sandbox.reply;

import org.jspecify.annotations.NullMarked;
