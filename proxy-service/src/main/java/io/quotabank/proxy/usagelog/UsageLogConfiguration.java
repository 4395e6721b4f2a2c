package io.quotabank.proxy.usagelog;

import io.quotabank.contracts.charge.LedgerCharges;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

@Configuration(proxyBeanMethods = false)
@EnableScheduling
@EnableFeignClients(clients = LedgerCharges.class)
@EnableConfigurationProperties(UsageLogProperties.class)
class UsageLogConfiguration {}
