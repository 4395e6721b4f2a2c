/** Events between services: CloudEvents on Kafka, sent through an outbox, followed from compacted topics. */
@NullMarked
package io.quotabank.platform.event;

import org.jspecify.annotations.NullMarked;
