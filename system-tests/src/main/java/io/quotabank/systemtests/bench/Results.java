package io.quotabank.systemtests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What a run measured, each figure beside its floor where it has one. */
final class Results {

    /** @param ratio value over floor */
    record Figure(
            String name,
            double value,
            String unit,
            @Nullable Double floor,
            @Nullable Double ratio) {}

    private final List<Figure> figures = new ArrayList<>();

    void add(String name, double value, String unit) {
        figures.add(new Figure(name, value, unit, null, null));
    }

    void add(String name, double value, String unit, double floor) {
        figures.add(new Figure(name, value, unit, floor, value / floor));
    }

    void write(Path file) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
        Files.write(
                file,
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsBytes(figures));
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
}
