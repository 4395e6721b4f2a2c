/** Carries requests to the providers: prices, reserves, routes, relays, meters and records each of them. */
@NullMarked
package io.quotabank.proxy;

import org.jspecify.annotations.NullMarked;
