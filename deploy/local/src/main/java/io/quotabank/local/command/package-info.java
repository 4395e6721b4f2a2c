/** What a person types: up, down, status, logs, reset, kill, restart, token, test, bench. */
@NullMarked
package io.quotabank.local.command;

import org.jspecify.annotations.NullMarked;
