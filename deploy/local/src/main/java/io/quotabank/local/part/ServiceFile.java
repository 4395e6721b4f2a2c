package io.quotabank.local.part;

import io.quotabank.local.state.StateFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** One service instance's settings as a properties file. */
record ServiceFile(Path file, Map<String, String> values) {

    void write() {
        var text = values.entrySet().stream()
                .map(value -> value.getKey() + "=" + value.getValue().replace("\\", "\\\\") + "\n")
                .collect(Collectors.joining());
        StateFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    String uri() {
        return file.toUri().toString();
    }
}
