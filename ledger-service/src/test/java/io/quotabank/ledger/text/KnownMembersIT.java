package io.quotabank.ledger.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Applications;
import io.quotabank.ledger.Ledger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

class KnownMembersIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final String UNKNOWN = "{\"no_such_member\":1}";

    private record Address(String method, String path) {}

    @Test
    void everyBodyThatPeopleAndApplicationsSendNamesOnlyWhatIsKnown() {
        var addresses = addresses("/api/");
        assertThat(addresses).hasSizeGreaterThan(10);
        for (var address : addresses) {
            var refused = LEDGER.call(
                    address.method(), address.path(), Applications.admin(), UNKNOWN, "Accept-Language", "en");
            assertThat(Applications.told(refused)).as(address.toString()).isEqualTo("400 malformed_request");
            assertThat(refused.body().path("detail").asString())
                    .as(address.toString())
                    .startsWith("there is no member no_such_member; there are ");
        }
    }

    @Test
    void aServiceOfANewerReleaseMaySayMore() {
        var addresses = addresses("/internal/");
        assertThat(addresses).isNotEmpty();
        for (var address : addresses) {
            var answer = LEDGER.call(
                    address.method(), address.path(), Ledger.proxyToken(), UNKNOWN, "Accept-Language", "en");
            assertThat(answer.raw().body()).as(address.toString()).doesNotContain("no_such_member");
        }
    }

    /** Those that take a body of a type. */
    private static List<Address> addresses(String below) {
        var addresses = new ArrayList<Address>();
        LEDGER.beanNamed("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .forEach((mapping, handler) -> {
                    boolean read = Arrays.stream(handler.getMethodParameters())
                            .filter(parameter -> parameter.hasParameterAnnotation(RequestBody.class))
                            .anyMatch(parameter ->
                                    parameter.getParameterType().getName().startsWith("io.quotabank."));
                    for (var path : mapping.getPathPatternsCondition().getPatternValues()) {
                        if (read && path.startsWith(below)) {
                            mapping.getMethodsCondition()
                                    .getMethods()
                                    .forEach(method -> addresses.add(new Address(method.name(), filled(path))));
                        }
                    }
                });
        return addresses;
    }

    private static String filled(String path) {
        return path.replaceAll("\\{[^}]+}", UUID.randomUUID().toString());
    }
}
