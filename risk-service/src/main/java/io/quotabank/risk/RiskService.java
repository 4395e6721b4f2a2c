package io.quotabank.risk;

import io.quotabank.contracts.verification.KeyBalances;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Finds what is wrong with keys and providers: runs of failures, refusals, bursts of errors, use behind our back. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
@EnableFeignClients(clients = KeyBalances.class)
public class RiskService {

    public static void main(String[] args) {
        SpringApplication.run(RiskService.class, args);
    }
}
