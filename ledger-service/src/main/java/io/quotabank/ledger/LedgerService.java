package io.quotabank.ledger;

import io.quotabank.contracts.usage.UsageLog;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The only place where balances change. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
@EnableFeignClients(clients = UsageLog.class)
public class LedgerService {

    public static void main(String[] args) {
        SpringApplication.run(LedgerService.class, args);
    }
}
