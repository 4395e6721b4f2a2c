package io.quotabank.platform.problem;

import io.quotabank.platform.web.RequestId;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/**
 * Problem details by code. Status and title come from {@code catalogue.properties}, to which a service adds its own
 * codes; an unknown code is a fault.
 */
public final class Problems {

    /**
     * @param status the HTTP status that the code always has
     * @param title in English
     * @param chinese the title in Chinese
     */
    public record Entry(int status, String title, String chinese) {}

    private static final String TYPE = "https://quotabank.io/problems/";
    private static final SortedMap<String, Entry> CATALOGUE = load();

    public static ProblemDetail of(String code) {
        return of(code, null);
    }

    /** @param detail what is particular to this occurrence, for people; never an exception's text on a 5xx */
    public static ProblemDetail of(String code, @Nullable String detail) {
        var entry = CATALOGUE.get(code);
        if (entry == null) {
            throw new IllegalStateException("not in the catalogue of problems: " + code);
        }
        var problem = ProblemDetail.forStatus(HttpStatusCode.valueOf(entry.status()));
        problem.setType(URI.create(TYPE + code));
        problem.setTitle(entry.title());
        problem.setDetail(detail);
        problem.setProperty("code", code);
        problem.setProperty("requestId", MDC.get(RequestId.MDC_KEY));
        return problem;
    }

    public static ResponseEntity<ProblemDetail> response(String code) {
        return response(code, null);
    }

    public static ResponseEntity<ProblemDetail> response(String code, @Nullable String detail) {
        return response(of(code, detail));
    }

    /** For a problem that got further properties. */
    public static ResponseEntity<ProblemDetail> response(ProblemDetail problem) {
        return ResponseEntity.status(problem.getStatus())
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }

    /**
     * Says the title, and a detail that has a translation, in Chinese, unless English is asked for.
     *
     * @param acceptLanguage the request's header
     */
    public static void say(ProblemDetail problem, @Nullable String acceptLanguage) {
        if (Tongue.asked(acceptLanguage) == Tongue.ENGLISH) {
            return;
        }
        var properties = problem.getProperties();
        var entry = properties == null ? null : CATALOGUE.get(String.valueOf(properties.get("code")));
        if (entry != null) {
            problem.setTitle(entry.chinese());
        }
        if (problem.getDetail() != null) {
            problem.setDetail(Translations.chinese(problem.getDetail()));
        }
    }

    /** All codes in order. */
    public static SortedMap<String, Entry> catalogue() {
        return CATALOGUE;
    }

    private static SortedMap<String, Entry> load() {
        try (var file = Problems.class.getResourceAsStream("catalogue.properties")) {
            if (file == null) {
                throw new IllegalStateException("the catalogue of problems is missing");
            }
            var lines = new Properties();
            lines.load(new InputStreamReader(file, StandardCharsets.UTF_8));
            var entries = new TreeMap<String, Entry>();
            for (var code : lines.stringPropertyNames()) {
                entries.put(code, entry(lines.getProperty(code)));
            }
            return Collections.unmodifiableSortedMap(entries);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Entry entry(String line) {
        var parts = line.split("\\|", -1);
        if (parts.length != 3) {
            throw new IllegalStateException("not status, title and title in Chinese: " + line);
        }
        return new Entry(Integer.parseInt(parts[0]), parts[1], parts[2]);
    }

    /** The code for a status that has no better one. */
    static String codeFor(int status) {
        return switch (status) {
            case 401 -> "unauthenticated";
            case 403 -> "forbidden";
            case 404 -> "not_found";
            case 405 -> "method_not_allowed";
            case 406 -> "not_acceptable";
            case 409 -> "conflict";
            case 413 -> "request_too_large";
            case 415 -> "unsupported_media_type";
            case 503 -> "service_unavailable";
            default -> status >= 400 && status < 500 ? "malformed_request" : "internal_error";
        };
    }

    private Problems() {}
}
