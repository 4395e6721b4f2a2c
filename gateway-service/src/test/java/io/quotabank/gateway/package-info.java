/** What the tests of all features share: a running gateway, its realm, and the services behind it, over real sockets. */
@NullMarked
package io.quotabank.gateway;

import org.jspecify.annotations.NullMarked;
