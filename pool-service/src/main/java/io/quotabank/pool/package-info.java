/** pool-service: custody of deposited provider keys, their proof, life, quota and figures, and the price catalogue. */
@NullMarked
package io.quotabank.pool;

import org.jspecify.annotations.NullMarked;
