/** risk-service: hears of every call, finds what is wrong with keys and providers, and says so. */
@NullMarked
package io.quotabank.risk;

import org.jspecify.annotations.NullMarked;
