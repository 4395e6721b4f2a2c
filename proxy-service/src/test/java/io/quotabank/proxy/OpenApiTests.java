package io.quotabank.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.yaml.snakeyaml.Yaml;

/** Both roles together answer exactly where the OpenAPI file says. */
class OpenApiTests {

    private static final Path FILE = Path.of("..", "contracts", "openapi", "proxy-service.yaml");

    /** The relay's servlet has no controllers; its own tests call these. */
    private static final Set<String> RELAYED = Set.of(
            "GET /v1/models",
            "GET /v1/models/{}",
            "POST /v1/chat/completions",
            "POST /v1/completions",
            "POST /v1/embeddings",
            "POST /api/v1/proxy/{}/chat/completions",
            "POST /api/v1/proxy/{}/embeddings");

    @Test
    void everyAddressIsDescribedAndEveryDescriptionIsServed() throws Exception {
        var served = new TreeSet<>(RELAYED);
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(RestController.class));
        for (var found : scanner.findCandidateComponents(ProxyService.class.getPackageName())) {
            served.addAll(addresses(Class.forName(found.getBeanClassName())));
        }

        assertThat(served).hasSizeGreaterThan(RELAYED.size()).isEqualTo(described());
    }

    private static Set<String> described() throws IOException {
        Map<String, Object> file = new Yaml().load(Files.readString(FILE));
        var described = new TreeSet<String>();
        ((Map<?, ?>) file.get("paths"))
                .forEach((path, methods) -> ((Map<?, ?>) methods)
                        .keySet()
                        .forEach(method ->
                                described.add(method.toString().toUpperCase(Locale.ROOT) + " " + shape(path))));
        return described;
    }

    private static Set<String> addresses(Class<?> controller) {
        var addresses = new TreeSet<String>();
        var prefix = AnnotatedElementUtils.findMergedAnnotation(controller, RequestMapping.class);
        for (var method : controller.getDeclaredMethods()) {
            var mapping = AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
            if (mapping != null) {
                for (RequestMethod verb : mapping.method()) {
                    addresses.add(verb + " " + shape(first(prefix) + first(mapping)));
                }
            }
        }
        return addresses;
    }

    private static String first(RequestMapping mapping) {
        return mapping == null || mapping.path().length == 0 ? "" : mapping.path()[0];
    }

    private static String shape(Object path) {
        return path.toString().replaceAll("\\{[^}]+}", "{}");
    }
}
