package io.quotabank.ledger.grant;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Books what has expired, also where nobody looks. Any number of processes may run it at once. */
@Component
class ExpiryJob {

    private final Expiries expiries;
    private final GrantProperties properties;

    ExpiryJob(Expiries expiries, GrantProperties properties) {
        this.expiries = expiries;
        this.properties = properties;
    }

    @Scheduled(fixedDelayString = "${quotabank.grant.sweep-every:1s}")
    void run() {
        int found;
        do {
            found = expiries.sweep(properties.sweepMost());
        } while (found == properties.sweepMost());
    }
}
