package io.quotabank.platform.testkit;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/**
 * {@code @SpringBootTest @ContextConfiguration(initializers = RealParts.class)}: gives a context a database of its own,
 * the broker, and its service's identity. The service is {@code quotabank.identity.service} or else
 * {@code spring.application.name}; the database {@code quotabank.test.database} or else the service's name without
 * {@code -service}. Where {@code spring.kafka.bootstrap-servers} is set already, as for a test without a broker, it
 * stays.
 */
public final class RealParts implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    // A condition is waited for as long as a busy machine may need; a right one comes true long before.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static {
        Awaitility.setDefaultTimeout(PATIENCE);
    }

    private static final String KAFKA = "spring.kafka.bootstrap-servers";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        var environment = context.getEnvironment();
        var service = service(environment);
        var properties = new HashMap<String, Object>(TestIdentity.properties(service));
        if (!environment.containsProperty(KAFKA)) {
            properties.put(KAFKA, TestKafka.bootstrapServers());
        }
        if (ClassUtils.isPresent("org.springframework.jdbc.core.JdbcTemplate", null)) {
            var name = environment.getProperty("quotabank.test.database", service.replace("-service", ""));
            properties.putAll(database(TestPostgres.fresh(name.replace('-', '_'))));
        }
        environment.getPropertySources().addFirst(new MapPropertySource("real-parts", properties));
    }

    /** The properties that point a service at a database. */
    public static Map<String, Object> database(TestPostgres.Database database) {
        return Map.of(
                "spring.datasource.url", database.url(),
                "spring.datasource.username", database.service().name(),
                "spring.datasource.password", database.service().password(),
                "spring.flyway.url", database.url(),
                "spring.flyway.user", database.owner().name(),
                "spring.flyway.password", database.owner().password(),
                "spring.flyway.placeholders.service-role", database.service().name(),
                "spring.flyway.placeholders.reader-role", database.reader().name());
    }

    private static String service(Environment environment) {
        var service = environment.getProperty("quotabank.identity.service");
        return service != null ? service : environment.getRequiredProperty("spring.application.name");
    }
}
