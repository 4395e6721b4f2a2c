package io.quotabank.ledger.settlement;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.ledger.account.BrokenRuleException;
import io.quotabank.ledger.settlement.Reading.Passed;
import io.quotabank.ledger.settlement.Reading.Settleable;
import io.quotabank.ledger.settlement.Reading.Unreadable;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Settles what is polled. An event that can't be settled is found by halving the batch, and put aside; anything else
 * that fails (the database, the broker) fails the poll, which is then tried again without end.
 */
@Component
class SettlementListener {

    static final String ID = "settlement";

    private final Settlements settlements;
    private final UsageDeadLetters deadLetters;
    private final SettlementMetrics metrics;
    private final SettlementHealth health;
    private final Backlog backlog;
    private final JsonMapper json;

    SettlementListener(
            Settlements settlements,
            UsageDeadLetters deadLetters,
            SettlementMetrics metrics,
            SettlementHealth health,
            Backlog backlog,
            JsonMapper json) {
        this.settlements = settlements;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
        this.health = health;
        this.backlog = backlog;
        this.json = json;
    }

    @KafkaListener(
            id = ID,
            topics = UsageEvent.TOPIC,
            groupId = "${quotabank.settlement.group:ledger-service}",
            autoStartup = "${quotabank.settlement.start:true}",
            containerFactory = "settlementContainers",
            properties = {
                "max.poll.records=${quotabank.settlement.batch:2000}",
                // What one partition gives at most: with a lag nobody waits for more.
                "fetch.min.bytes=1048576",
                "fetch.max.wait.ms=${quotabank.settlement.gather-millis:100}",
                // A topic that its owner makes later is found within this time.
                "metadata.max.age.ms=5000",
                "auto.offset.reset=earliest",
                "enable.auto.commit=false"
            })
    void settle(List<ConsumerRecord<String, byte[]>> polled) {
        backlog.polled(polled.size());
        try {
            take(polled.stream()
                    .map(record -> Reading.of(record, record.partition(), record.offset(), json))
                    .toList());
            health.settled();
        } catch (RuntimeException failure) {
            health.failed(failure);
            throw failure;
        }
    }

    /**
     * Settles or puts aside each of these.
     *
     * @return how many were put aside
     */
    int take(List<Reading> readings) {
        int aside = 0;
        var settleable = new ArrayList<Settleable>(readings.size());
        for (var reading : readings) {
            switch (reading) {
                case Settleable event -> settleable.add(event);
                case Unreadable unreadable -> {
                    deadLetters.put(
                            unreadable.record(), unreadable.partition(), unreadable.offset(), unreadable.reason());
                    aside++;
                }
                case Passed passed -> {}
            }
        }
        return aside + settleOrHalve(settleable);
    }

    private int settleOrHalve(List<Settleable> batch) {
        if (batch.isEmpty()) {
            return 0;
        }
        try {
            long start = System.nanoTime();
            var usages = batch.stream().map(Settleable::usage).toList();
            var summary = settlements.settle(usages);
            metrics.settled(usages, summary, System.nanoTime() - start);
            return 0;
        } catch (BrokenRuleException | ArithmeticException | DataIntegrityViolationException broken) {
            if (batch.size() == 1) {
                putAside(batch.getFirst(), broken);
                return 1;
            }
            int half = batch.size() / 2;
            return settleOrHalve(batch.subList(0, half)) + settleOrHalve(batch.subList(half, batch.size()));
        }
    }

    private void putAside(Settleable event, RuntimeException broken) {
        var reason = broken instanceof BrokenRuleException ? broken.getMessage() : "the books refuse it: " + broken;
        deadLetters.put(event.record(), event.usage().partition(), event.usage().offset(), String.valueOf(reason));
    }
}
