package io.quotabank.pool;

import io.quotabank.contracts.verification.KeyVerification;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Holds deposited keys in custody, proves them, follows their quota, and keeps the price catalogue. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
@EnableFeignClients(clients = KeyVerification.class)
public class PoolService {

    public static void main(String[] args) {
        SpringApplication.run(PoolService.class, args);
    }
}
