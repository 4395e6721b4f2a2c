package io.quotabank.ledger.settlement;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Closed;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.platform.event.CloudEventRecords;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What a record of the usage topic turned out to be. */
sealed interface Reading {

    record Settleable(ConsumerRecord<String, byte[]> record, Usage usage) implements Reading {}

    /** Nothing is settled from it. */
    record Passed() implements Reading {}

    record Unreadable(ConsumerRecord<String, byte[]> record, int partition, long offset, String reason)
            implements Reading {}

    /**
     * @param partition of the usage topic that the record is or was in
     * @param offset its place there
     */
    static Reading of(ConsumerRecord<String, byte[]> record, int partition, long offset, JsonMapper json) {
        var type = CloudEventRecords.typeOf(record);
        if (type.equals(UsageEvent.OPENED_TYPE)) {
            return new Passed();
        }
        if (!type.equals(UsageEvent.CLOSED_TYPE) || record.value() == null) {
            return new Unreadable(record, partition, offset, "it is not a usage event");
        }
        try {
            var event = json.readValue(record.value(), Closed.class);
            return event == null
                    ? new Unreadable(record, partition, offset, "it is empty")
                    : new Settleable(record, Usage.of(event, partition, offset));
        } catch (JacksonException malformed) {
            return new Unreadable(record, partition, offset, "it can't be read: " + malformed.getOriginalMessage());
        } catch (BrokenRuleException broken) {
            return new Unreadable(record, partition, offset, String.valueOf(broken.getMessage()));
        }
    }
}
