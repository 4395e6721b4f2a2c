package io.quotabank.local.part;

import io.quotabank.local.key.CustodyKeysets;
import io.quotabank.local.key.ServiceIdentities;
import io.quotabank.local.state.Secrets;
import io.quotabank.local.state.Settings;
import io.quotabank.local.state.StateDirectory;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What each service is told: written to a file that only its owner reads, since a command line is for everybody. */
record ServiceSettings(
        StateDirectory state, Settings settings, Secrets secrets, Ports ports, ProviderVariables variables) {

    private static final String LOOPBACK = "127.0.0.1";

    Map<String, String> of(ServiceKind kind, int index) {
        var values = new TreeMap<String, String>();
        addresses(values, kind, index);
        identity(values, kind);
        peers(values);
        values.put("spring.kafka.bootstrap-servers", LOOPBACK + ":" + ports.of("kafka", 1));
        var database = kind.database();
        if (database != null) {
            database(values, database);
        }
        special(values, kind, index);
        if (settings.instances(kind.id()) > 1) {
            values.putAll(Handover.settings());
        }
        values.putAll(settings.overrides(kind.id()));
        return values;
    }

    private void addresses(Map<String, String> values, ServiceKind kind, int index) {
        values.put("server.address", LOOPBACK);
        values.put("server.port", Integer.toString(ports.of(kind.id(), index)));
        values.put("management.server.address", LOOPBACK);
        values.put("management.server.port", Integer.toString(ports.second(kind.id(), index)));
        values.put("quotabank.instance", Ports.instance(kind.id(), index));
    }

    private void identity(Map<String, String> values, ServiceKind kind) {
        var identities = new ServiceIdentities(state.keys());
        values.put("quotabank.identity.service", kind.id());
        values.put(
                "quotabank.identity.private-key-file",
                identities.privateKey(kind.id()).toString());
        values.put(
                "quotabank.identity.trusted-keys-file", identities.trustedKeys().toString());
    }

    private void peers(Map<String, String> values) {
        for (var kind : ServiceKind.values()) {
            for (int index = 1; index <= settings.instances(kind.id()); index++) {
                values.put(
                        "spring.cloud.discovery.client.simple.instances." + kind.id() + "[" + (index - 1) + "].uri",
                        "http://" + LOOPBACK + ":" + ports.of(kind.id(), index));
            }
        }
    }

    private void database(Map<String, String> values, String name) {
        var url = new Databases(ports.of("postgres", 1)).url(name);
        values.put("spring.datasource.url", url);
        values.put("spring.datasource.username", Databases.service(name));
        values.put("spring.datasource.password", secrets.database(Databases.service(name)));
        values.put("spring.flyway.url", url);
        values.put("spring.flyway.user", Databases.owner(name));
        values.put("spring.flyway.password", secrets.database(Databases.owner(name)));
        values.put("spring.flyway.placeholders.service-role", Databases.service(name));
        values.put("spring.flyway.placeholders.reader-role", Databases.reader(name));
    }

    private void special(Map<String, String> values, ServiceKind kind, int index) {
        var custody = new CustodyKeysets(state.keys());
        switch (kind) {
            case LEDGER -> {
                values.put("spring.datasource.hikari.maximum-pool-size", "10");
                if (settings.includes(PaymentSandbox.KIND)) {
                    values.putAll(new PaymentSandbox(state, ports).ledgerSettings(System.getenv()));
                }
            }
            case POOL -> {
                values.put(
                        "quotabank.custody.public-keyset-file",
                        custody.publicKeyset().toString());
                values.put("quotabank.upstream.allowed-internal", allowedInternal());
            }
            case PROXY -> {
                values.put("quotabank.proxy.role", "relay");
                values.put("quotabank.upstream.allowed-internal", allowedInternal());
                values.put("quotabank.recall-base-url", "http://" + LOOPBACK + ":" + ports.of(kind.id(), index));
                proxyFiles(values, custody);
            }
            case USAGE_LOG -> {
                values.put("quotabank.proxy.role", "usage-log");
                proxyFiles(values, custody);
            }
            case RISK -> {}
            case GATEWAY ->
                values.put(
                        "quotabank.gateway.issuer-uri",
                        "http://" + LOOPBACK + ":" + ports.of("keycloak", 1) + "/realms/" + KeycloakServer.REALM);
        }
    }

    /** The sandbox's own port, and where the operator's variables point; anything else on this machine stays refused. */
    private String allowedInternal() {
        var sandbox = LOOPBACK + "/32:" + ports.of("sandbox", 1);
        return Stream.concat(Stream.of(sandbox), variables.internalAddresses().stream())
                .collect(Collectors.joining(","));
    }

    private void proxyFiles(Map<String, String> values, CustodyKeysets custody) {
        values.put(
                "quotabank.custody.private-keyset-file", custody.privateKeyset().toString());
        values.put("quotabank.journal.directory", state.journal().toString());
    }
}
