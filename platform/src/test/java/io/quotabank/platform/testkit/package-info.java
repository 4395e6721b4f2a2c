/** Real parts for the tests of every service: PostgreSQL, Kafka, identities, and the rules of the house. */
@NullMarked
package io.quotabank.platform.testkit;

import org.jspecify.annotations.NullMarked;
