/** What risk-service found out about keys and providers. */
@NullMarked
package io.quotabank.contracts.finding;

import org.jspecify.annotations.NullMarked;
