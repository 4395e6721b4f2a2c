package io.quotabank.pool.quota;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class MonthJob {

    private final Metering metering;

    MonthJob(Metering metering) {
        this.metering = metering;
    }

    @Scheduled(
            fixedDelayString = "${quotabank.quota.turn-months-every:6h}",
            initialDelayString = "${quotabank.quota.turn-months-every:6h}")
    void turnMonths() {
        metering.turnMonths();
    }
}
