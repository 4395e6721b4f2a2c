package io.quotabank.systemtests.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What a run measured, each figure beside its floor where it has one. */
final class Results {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<Double> PERCENTILES = List.of(0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999);
    private static final String ECHARTS = "META-INF/resources/webjars/echarts/%s/echarts.simple.min.js";
    private static final String ECHARTS_VERSION = "META-INF/maven/org.webjars/echarts/pom.properties";

    /** @param ratio value over floor */
    record Figure(
            String name,
            double value,
            String unit,
            @Nullable Double floor,
            @Nullable Double ratio) {}

    private final List<Figure> figures = new ArrayList<>();
    // By chart, then by line.
    private final Map<String, Map<String, List<Double>>> percentilesMs = new LinkedHashMap<>();

    void add(String name, double value, String unit) {
        figures.add(new Figure(name, value, unit, null, null));
    }

    void add(String name, double value, String unit, double floor) {
        figures.add(new Figure(name, value, unit, floor, value / floor));
    }

    /**
     * A line of one of the report's charts of percentiles.
     *
     * @param sorted nanoseconds
     */
    void percentiles(String chart, String line, long[] sorted) {
        var all = new Load.Result(sorted.length, 0, 0, sorted);
        percentilesMs
                .computeIfAbsent(chart, fresh -> new LinkedHashMap<>())
                .put(line, PERCENTILES.stream().map(all::percentileMs).toList());
    }

    void write(Path file) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
        Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(figures));
    }

    /**
     * Writes a page with charts that needs no network to be looked at.
     *
     * @param at when the run was, for a reader
     */
    void writeReport(Path file, String at) throws IOException {
        var run = Map.of(
                "at", at,
                "machine", Runtime.getRuntime().availableProcessors() + " processors",
                "figures", figures,
                "percentiles", PERCENTILES,
                "percentilesMs", percentilesMs);
        var version = new Properties();
        version.load(Objects.requireNonNull(loader().getResourceAsStream(ECHARTS_VERSION)));
        var echarts = text(ECHARTS.formatted(version.getProperty("version")));
        var page = text("io/quotabank/systemtests/bench/report.html")
                .replace("{{run}}", JSON.writeValueAsString(run))
                .replace("{{echarts}}", echarts);
        Files.writeString(file, page);
    }

    String table() {
        var text = new StringBuilder();
        for (var figure : figures) {
            text.append(String.format(Locale.ROOT, "%-40s %12.2f %s", figure.name(), figure.value(), figure.unit()));
            if (figure.floor() != null) {
                text.append(String.format(Locale.ROOT, "   floor %.2f   %.1f x", figure.floor(), figure.ratio()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String text(String resource) throws IOException {
        try (var in = Objects.requireNonNull(loader().getResourceAsStream(resource), resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static ClassLoader loader() {
        return Objects.requireNonNull(Results.class.getClassLoader());
    }
}
