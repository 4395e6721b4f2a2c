/** The only public door: says who is calling, admits, relays {@code /v1} and routes {@code /api}. */
@NullMarked
package io.quotabank.gateway;

import org.jspecify.annotations.NullMarked;
