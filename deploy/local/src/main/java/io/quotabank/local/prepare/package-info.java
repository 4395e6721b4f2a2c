/** What is slow and needed once per build: unpacked servers, a database with the realm in it, start caches. */
@NullMarked
package io.quotabank.local.prepare;

import org.jspecify.annotations.NullMarked;
