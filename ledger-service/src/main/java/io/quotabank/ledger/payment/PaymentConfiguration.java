package io.quotabank.ledger.payment;

import io.quotabank.contracts.payment.PaymentRecord;
import io.quotabank.platform.event.Outbound;
import io.quotabank.platform.event.Topics;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class PaymentConfiguration {

    @Bean
    NewTopic paymentsTopic(Topics topics) {
        return topics.keyed(PaymentRecord.TOPIC);
    }

    @Bean
    Outbound<PaymentRecord> paymentRecords() {
        return new Outbound<>(
                PaymentRecord.class,
                PaymentRecord.TOPIC,
                PaymentRecord.TYPE,
                record -> record.userId().toString());
    }
}
