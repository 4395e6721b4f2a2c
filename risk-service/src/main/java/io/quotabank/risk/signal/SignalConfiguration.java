package io.quotabank.risk.signal;

import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

@Configuration(proxyBeanMethods = false)
class SignalConfiguration {

    @Bean
    NewTopic usageDeadLetters(Topics topics) {
        return topics.deadLetters(UsageEvent.TOPIC);
    }

    /** Before anything is written that lies in a month. */
    @Bean
    @Order(0)
    ApplicationRunner monthsAtStart(Signals signals) {
        return arguments -> signals.turnMonths();
    }
}
