package io.quotabank.contracts.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.cloud.openfeign.FeignClient;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import tools.jackson.databind.JsonNode;

/** What a Feign client sends and takes is what the OpenAPI file of the called service says. */
class FeignTests {

    private static final Map<String, JsonNode> FILES = Documents.openApi();

    /** An operation as its file has it. */
    private record Written(String file, JsonNode document, JsonNode operation) {}

    static Stream<Method> calls() {
        return clients()
                .flatMap(client -> Stream.of(client.getDeclaredMethods()))
                .filter(method -> AnnotatedElementUtils.hasAnnotation(method, RequestMapping.class));
    }

    @Test
    void findsTheClients() {
        assertThat(clients().map(Class::getSimpleName))
                .contains("LedgerLeases", "LedgerCharges", "UsageLog", "KeyVerification");
    }

    @ParameterizedTest
    @MethodSource("calls")
    void agreesWithTheOpenApiFile(Method call) {
        assertThat(differences(call)).as(call.toString()).isEmpty();
    }

    /** Differs from what is written in every way that is looked for. */
    @FeignClient("ledger-service")
    interface Planted {
        record Wish(String requestIds, boolean surprise) {}

        record Charge(UUID requestId, @Nullable String charge) {}

        @PostMapping("/internal/charges")
        List<Charge> charges(@RequestBody Wish wish);

        @PostMapping("/internal/nowhere")
        void nowhere();

        @PostMapping("/internal/leases/{id}/statements")
        void state(@PathVariable("id") UUID id);
    }

    @Test
    void noticesEachKindOfDifference() throws Exception {
        assertThat(differences(Planted.class.getDeclaredMethod("charges", Planted.Wish.class)))
                .containsExactlyInAnyOrder(
                        "request has [requestIds, surprise] in Java, [requestIds] in the schema",
                        "request/requestIds is string in Java, [array] in the schema",
                        "answer[]/charge is string in Java, [integer] in the schema",
                        "answer[]/charge may be null in Java and not by the schema");
        assertThat(differences(Planted.class.getDeclaredMethod("nowhere")))
                .containsExactly("no file has POST /internal/nowhere");
        assertThat(differences(Planted.class.getDeclaredMethod("state", UUID.class)))
                .contains("no file has POST /internal/leases/{id}/statements");
    }

    private static List<String> differences(Method call) {
        var mapping = AnnotatedElementUtils.findMergedAnnotation(call, RequestMapping.class);
        var verb = mapping.method()[0].name();
        var path = mapping.path()[0];
        var client = call.getDeclaringClass().getAnnotation(FeignClient.class);
        var found = FILES.entrySet().stream()
                .map(file -> new Written(
                        file.getKey(),
                        file.getValue(),
                        file.getValue().path("paths").path(path).path(verb.toLowerCase(Locale.ROOT))))
                .filter(written -> written.operation().isObject())
                .toList();
        if (found.size() != 1) {
            return List.of((found.isEmpty() ? "no file has " : "several files have ") + verb + " " + path);
        }
        var written = found.getFirst();
        var differences = new ArrayList<String>();
        // A role of a service is described in that service's file.
        if (FILES.containsKey(client.name() + ".yaml") && !written.file().equals(client.name() + ".yaml")) {
            differences.add("%s %s is in %s".formatted(verb, path, written.file()));
        }
        compareRequest(call, written, differences);
        compareAnswer(call, written, differences);
        return differences;
    }

    private static void compareRequest(Method call, Written written, List<String> differences) {
        var schema = schema(written.operation().path("requestBody"));
        var body = Stream.of(call.getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(RequestBody.class))
                .findFirst();
        if (body.isPresent() != schema.isObject()) {
            differences.add("request has a body on one side only");
        } else {
            body.ifPresent(
                    parameter -> compare("request", parameter.getParameterizedType(), schema, written, differences));
        }
        var inJava = Stream.of(call.getParameters())
                .filter(parameter -> parameter.isAnnotationPresent(PathVariable.class))
                .map(parameter -> parameter.getAnnotation(PathVariable.class).value())
                .toList();
        var inFile = written.operation()
                .path("parameters")
                .valueStream()
                .filter(parameter -> parameter.path("in").asString("").equals("path"))
                .map(parameter -> parameter.path("name").asString())
                .toList();
        if (!inJava.equals(inFile)) {
            differences.add("the path has %s in Java, %s in the file".formatted(inJava, inFile));
        }
    }

    private static void compareAnswer(Method call, Written written, List<String> differences) {
        var schema = schema(written.operation().path("responses").path("200"));
        boolean answers = call.getReturnType() != void.class;
        if (answers != schema.isObject()) {
            differences.add("answer has a body on one side only");
        } else if (answers) {
            compare("answer", call.getGenericReturnType(), schema, written, differences);
        }
    }

    private static void compare(String what, Type type, JsonNode schema, Written written, List<String> differences) {
        JavaAndSchema.differences(type, schema, written.document(), JavaAndSchema.Presence.REQUIRED)
                .forEach(found -> differences.add(what + found));
    }

    private static JsonNode schema(JsonNode holder) {
        return holder.path("content").path("application/json").path("schema");
    }

    private static Stream<Class<?>> clients() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false) {
            @Override
            protected boolean isCandidateComponent(AnnotatedBeanDefinition definition) {
                return definition.getMetadata().isIndependent()
                        && !definition.getMetadata().hasEnclosingClass();
            }
        };
        scanner.addIncludeFilter(new AnnotationTypeFilter(FeignClient.class));
        return scanner.findCandidateComponents("io.quotabank.contracts").stream()
                .map(found -> load(found.getBeanClassName()));
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException gone) {
            throw new IllegalStateException(gone);
        }
    }
}
