package io.quotabank.systemtests.contract;

import io.quotabank.systemtests.contract.Operations.Operation;
import io.quotabank.systemtests.stack.Witness.Exchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Holds calls of the gateway and their answers against the OpenAPI files. A field, a status, a content type or an
 * address that is not written there is a fault; so is a request that was taken though it is not as written.
 */
final class Contracts {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Set<Integer> NOWHERE = Set.of(401, 404, 405);
    private static final String EVENT = "data: ";
    private static final String LAST_EVENT = "[DONE]";

    private final List<OpenApiFile> files;
    private final Operations operations;

    Contracts(List<OpenApiFile> files) {
        this.files = List.copyOf(files);
        this.operations = new Operations(files);
    }

    static Contracts of(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return new Contracts(files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .map(Contracts::read)
                    .toList());
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    /** What of a call is not as the files say, in words; empty where nothing is. */
    List<String> faults(Exchange exchange) {
        var faults = new ArrayList<String>();
        var operation =
                operations.find(exchange.method(), exchange.uri().getPath()).orElse(null);
        var answered = operation == null ? null : answer(operation, exchange.status());
        if (operation == null && !NOWHERE.contains(exchange.status())) {
            faults.add("no file has this address, and it was answered " + exchange.status());
        } else if (answered == null) {
            answered = anywhere(exchange);
            if (answered == null) {
                faults.add("the status " + exchange.status() + " is not written");
            }
        }
        if (answered != null) {
            check(answered, exchange, faults);
        }
        if (operation != null && exchange.status() < 300) {
            checkRequest(operation, exchange, faults);
        }
        return faults.stream()
                .map(fault -> "%s %s %d: %s"
                        .formatted(exchange.method(), exchange.uri().getPath(), exchange.status(), fault))
                .toList();
    }

    /** @param written a response as its file has it */
    private record Answer(OpenApiFile file, JsonNode written) {}

    private static @Nullable Answer answer(Operation operation, int status) {
        var written = operation.written().path("responses").path(Integer.toString(status));
        return written.isMissingNode()
                ? null
                : new Answer(operation.file(), operation.file().followed(written));
    }

    /** What may be answered on any path below a root, before a service is asked. The first root that fits counts. */
    private @Nullable Answer anywhere(Exchange exchange) {
        var path = exchange.uri().getPath();
        for (var file : files) {
            for (var scope : file.at("x-any-path")) {
                if (scope.path("below").valueStream().anyMatch(root -> path.startsWith(root.asString()))) {
                    var written = scope.path("responses").path(Integer.toString(exchange.status()));
                    return written.isMissingNode() ? null : new Answer(file, file.followed(written));
                }
            }
        }
        return null;
    }

    private static void check(Answer answer, Exchange exchange, List<String> faults) {
        var content = answer.written().path("content");
        if (content.isMissingNode()) {
            if (!exchange.answer().isEmpty()) {
                faults.add("a body is not written");
            }
            return;
        }
        var type = exchange.contentType().split(";", 2)[0].strip();
        var media = content.path(type);
        if (media.isMissingNode()) {
            faults.add("the content type " + type + " is not written");
        } else if (type.equals("text/event-stream")) {
            var event = media.path("x-event");
            exchange.answer()
                    .lines()
                    .filter(line -> line.startsWith(EVENT))
                    .map(line -> line.substring(EVENT.length()))
                    .filter(data -> !data.equals(LAST_EVENT))
                    .forEach(data -> check(answer.file(), event, data, faults));
        } else if (type.endsWith("json")) {
            check(answer.file(), media.path("schema"), exchange.answer(), faults);
        } else {
            check(answer.file(), media.path("schema"), JSON.writeValueAsString(exchange.answer()), faults);
        }
    }

    private static void checkRequest(Operation operation, Exchange exchange, List<String> faults) {
        var body = operation.file().followed(operation.written().path("requestBody"));
        var schema = body.path("content").path("application/json").path("schema");
        var sent = exchange.request();
        if (sent != null && !sent.isEmpty() && (body.isObject() || !sent.equals("{}"))) {
            var before = faults.size();
            check(operation.file(), schema, sent, faults);
            if (faults.size() > before) {
                faults.add("the request was taken though it is not as written");
            }
        } else if (sent == null && body.path("required").asBoolean(false)) {
            faults.add("the request was taken without a body");
        }
        var query = exchange.uri().getRawQuery();
        if (query != null) {
            Stream.of(query.split("&", -1)).forEach(pair -> checkParameter(operation, pair, faults));
        }
    }

    private static void checkParameter(Operation operation, String pair, List<String> faults) {
        var name = pair.replaceFirst("=.*", "");
        var value =
                URLDecoder.decode(pair.substring(Math.min(pair.length(), name.length() + 1)), StandardCharsets.UTF_8);
        var written = operation.parameters().stream()
                .filter(parameter -> parameter.path("in").asString().equals("query")
                        && parameter.path("name").asString().equals(name))
                .findFirst();
        if (written.isEmpty()) {
            faults.add("the query parameter " + name + " is not written");
            return;
        }
        var schema = written.get().path("schema");
        var type = operation.file().followed(schema).path("type").asString("");
        boolean bare = Set.of("integer", "number", "boolean").contains(type);
        check(operation.file(), schema, bare ? value : JSON.writeValueAsString(value), faults);
    }

    private static void check(OpenApiFile file, JsonNode schema, String json, List<String> faults) {
        if (!schema.isObject()) {
            faults.add("it has no schema");
            return;
        }
        try {
            file.schema(schema).validate(JSON.readTree(json)).forEach(error -> faults.add(error.toString()));
        } catch (JacksonException garbled) {
            faults.add("it is not JSON: " + json.substring(0, Math.min(json.length(), 200)));
        }
    }

    private static OpenApiFile read(Path file) {
        try {
            return new OpenApiFile(String.valueOf(file.getFileName()), Files.readString(file));
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
