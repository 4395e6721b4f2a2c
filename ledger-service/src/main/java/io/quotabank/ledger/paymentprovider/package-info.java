/** Payment providers: orders opened, looked up, closed and refunded by their own SDKs, and their notifications verified. */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package io.quotabank.ledger.paymentprovider;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
