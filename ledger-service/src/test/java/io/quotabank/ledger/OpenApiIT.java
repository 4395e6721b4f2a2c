package io.quotabank.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.Yaml;

/** The service answers exactly where its OpenAPI file says. */
class OpenApiIT {

    private static final Path FILE = Path.of("..", "contracts", "openapi", "ledger-service.yaml");

    @Test
    void everyAddressIsDescribedAndEveryDescriptionIsServed() throws IOException {
        Map<String, Object> file = new Yaml().load(Files.readString(FILE));
        var described = new TreeSet<String>();
        ((Map<?, ?>) file.get("paths"))
                .forEach((path, methods) -> ((Map<?, ?>) methods)
                        .keySet()
                        .forEach(method ->
                                described.add(method.toString().toUpperCase(Locale.ROOT) + " " + shape(path))));

        var served = new TreeSet<String>();
        Ledger.shared()
                .beanNamed("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach((mapping, method) -> {
                    if (method.getBeanType().getPackageName().startsWith("io.quotabank.ledger")) {
                        mapping.getPathPatternsCondition()
                                .getPatternValues()
                                .forEach(path -> mapping.getMethodsCondition()
                                        .getMethods()
                                        .forEach(verb -> served.add(verb + " " + shape(path))));
                    }
                });
        assertThat(served).isNotEmpty().isEqualTo(described);
    }

    private static String shape(Object path) {
        return path.toString().replaceAll("\\{[^}]+}", "{}");
    }
}
