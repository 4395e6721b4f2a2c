package io.quotabank.risk.signal;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class MonthJob {

    private final Signals signals;

    MonthJob(Signals signals) {
        this.signals = signals;
    }

    @Scheduled(
            fixedDelayString = "${quotabank.signal.turn-months-every:1h}",
            initialDelayString = "${quotabank.signal.turn-months-every:1h}")
    void turnMonths() {
        signals.turnMonths();
    }
}
