package io.quotabank.risk.burst;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class BurstJob {

    private final Bursts bursts;

    BurstJob(Bursts bursts) {
        this.bursts = bursts;
    }

    @Scheduled(fixedDelayString = "${quotabank.burst.forget-every:5m}", initialDelayString = "1m")
    void forget() {
        bursts.forget();
    }
}
