package io.quotabank.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Everything that dashboards and alerts ask Prometheus for, by where it stands. */
final class Watched {

    static final Path ROOT = Path.of(System.getProperty("quotabank.root", ".."));

    private static final Path GRAFANA = ROOT.resolve("deploy/grafana");

    static Map<String, String> expressions() {
        var expressions = new LinkedHashMap<String, String>();
        for (var file : dashboards()) {
            for (var panel : read(file).path("panels")) {
                for (var target : panel.path("targets")) {
                    expressions.put(
                            file.getFileName() + ", " + panel.path("title").asString() + ", "
                                    + target.path("refId").asString(),
                            target.path("expr").asString());
                }
            }
        }
        for (var alert : alerts()) {
            expressions.put(alert.path("alert").asString(), alert.path("expr").asString());
        }
        return expressions;
    }

    static List<JsonNode> alerts() {
        var alerts = new ArrayList<JsonNode>();
        try {
            var rules = new YAMLMapper().readTree(Files.readString(GRAFANA.resolve("alerts/quotabank.yaml")));
            for (var group : rules.path("groups")) {
                group.path("rules").forEach(alerts::add);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return alerts;
    }

    private static List<Path> dashboards() {
        try (var files = Files.list(GRAFANA.resolve("dashboards"))) {
            return files.sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return JsonMapper.builder().build().readTree(Files.readString(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Watched() {}
}
