package io.quotabank.pool.finding;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

@Component
class FindingJob {

    private final Findings findings;

    FindingJob(Findings findings) {
        this.findings = findings;
    }

    @Scheduled(fixedDelayString = "${quotabank.finding.forget-every:6h}", initialDelayString = "10m")
    void forget() {
        findings.forget();
    }
}
