package io.quotabank.contracts.agreement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files of this module that other teams read. */
final class Documents {

    static final Path SCHEMAS = Path.of("schemas");

    private static final JsonMapper JSON = new JsonMapper();

    /** OpenAPI documents by their files' names. */
    static Map<String, JsonNode> openApi() {
        return files(Path.of("openapi"), ".yaml").stream()
                .collect(Collectors.toMap(
                        file -> String.valueOf(file.getFileName()),
                        Documents::yaml,
                        (one, other) -> one,
                        TreeMap::new));
    }

    static JsonNode asyncApi() {
        return yaml(Path.of("asyncapi.yaml"));
    }

    static List<Path> files(Path directory, String ending) {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    static JsonNode json(Path file) {
        return JSON.readTree(text(file));
    }

    private static JsonNode yaml(Path file) {
        return JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text(file)));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Documents() {}
}
