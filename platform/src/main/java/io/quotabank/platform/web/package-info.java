/** What every HTTP request meets first: its id, and bounds on what it may send. */
@NullMarked
package io.quotabank.platform.web;

import org.jspecify.annotations.NullMarked;
