package io.quotabank.proxy.spending;

import io.micrometer.core.instrument.MeterRegistry;
import io.quotabank.contracts.lease.LedgerLeases;
import io.quotabank.platform.id.Ids;
import io.quotabank.proxy.journal.Journal;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.openfeign.EnableFeignClients;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@EnableFeignClients(clients = LedgerLeases.class)
@EnableConfigurationProperties({LeaseProperties.class, InstanceProperties.class})
class SpendingConfiguration {

    @Bean
    LedgerClient ledgerClient(LedgerLeases ledger, LeaseProperties settings) {
        return new LedgerClient(ledger, settings);
    }

    @Bean
    Wallets wallets(LeaseProperties settings, MeterRegistry registry) {
        var wallets = new Wallets(settings);
        registry.gauge("quotabank.spending.wallets", wallets, Wallets::size);
        return wallets;
    }

    @Bean
    Leases leases(MeterRegistry registry) {
        var leases = new Leases();
        registry.gauge("quotabank.spending.leases", leases, Leases::size);
        return leases;
    }

    @Bean
    Openings openings(
            LedgerClient ledger,
            Journal journal,
            Leases leases,
            Ids ids,
            Clock clock,
            InstanceProperties instance,
            LeaseProperties settings) {
        return new Openings(ledger, journal, leases, ids, clock, instance, settings);
    }

    @Bean
    Spending spending(Journal journal, Wallets wallets, Leases leases, Openings openings, LeaseProperties settings) {
        return new Spending(journal, wallets, leases, openings, settings);
    }

    @Bean
    LeaseJob leaseJob(
            Wallets wallets,
            Leases leases,
            Openings openings,
            LedgerClient ledger,
            Journal journal,
            LeaseProperties settings) {
        return new LeaseJob(wallets, leases, openings, ledger, journal, settings);
    }
}
