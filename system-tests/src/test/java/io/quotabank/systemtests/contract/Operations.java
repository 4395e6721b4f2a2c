package io.quotabank.systemtests.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Where each public address is described. */
final class Operations {

    /** @param written the operation as the file has it */
    record Operation(OpenApiFile file, String method, String path, JsonNode written, List<JsonNode> parameters) {
        Operation {
            parameters = List.copyOf(parameters);
        }
    }

    private record Address(Pattern pattern, Operation operation) {}

    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");

    private final List<Address> addresses;

    Operations(List<OpenApiFile> files) {
        addresses = files.stream()
                .flatMap(Operations::addresses)
                // An address without parameters goes before one whose parameter could stand for it.
                .sorted(Comparator.comparingInt(
                        (Address address) -> address.operation().path().split("\\{", -1).length))
                .toList();
    }

    Optional<Operation> find(String method, String path) {
        return addresses.stream()
                .filter(address -> address.operation().method().equals(method)
                        && address.pattern().matcher(path).matches())
                .map(Address::operation)
                .findFirst();
    }

    private static Stream<Address> addresses(OpenApiFile file) {
        // The gateway routes none of the others.
        return file.paths().properties().stream()
                .filter(path -> !path.getKey().startsWith("/internal"))
                .flatMap(path -> path.getValue().properties().stream()
                        .filter(operation -> !operation.getKey().equals("parameters"))
                        .map(operation -> address(file, path.getKey(), path.getValue(), operation.getKey())));
    }

    private static Address address(OpenApiFile file, String path, JsonNode item, String method) {
        var written = item.path(method);
        var parameters = new ArrayList<JsonNode>();
        item.path("parameters").forEach(parameter -> parameters.add(file.followed(parameter)));
        written.path("parameters").forEach(parameter -> parameters.add(file.followed(parameter)));
        return new Address(
                pattern(path, parameters),
                new Operation(file, method.toUpperCase(Locale.ROOT), path, written, parameters));
    }

    private static Pattern pattern(String path, List<JsonNode> parameters) {
        var withSlashes = parameters.stream()
                .filter(parameter -> parameter.path("x-slashes").asBoolean(false))
                .map(parameter -> parameter.path("name").asString())
                .collect(Collectors.toSet());
        return Pattern.compile(
                PARAMETER.matcher(path).replaceAll(found -> withSlashes.contains(found.group(1)) ? ".+" : "[^/]+"));
    }
}
