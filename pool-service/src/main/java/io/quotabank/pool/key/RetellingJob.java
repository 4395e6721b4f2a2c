package io.quotabank.pool.key;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class RetellingJob {

    private final Retelling retelling;

    RetellingJob(Retelling retelling) {
        this.retelling = retelling;
    }

    @Scheduled(fixedDelayString = "${quotabank.key.tell-every:1s}", initialDelayString = "1s")
    void tellRemaining() {
        retelling.tellRemaining();
    }

    @Scheduled(fixedDelayString = "${quotabank.key.expire-every:10s}", initialDelayString = "5s")
    void endExpired() {
        retelling.endExpired();
    }
}
