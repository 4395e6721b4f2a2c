package io.quotabank.local.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the test runner reported, summed over modules. */
record TestResults(Map<String, Count> modules, List<String> failed, List<String> skipped) {

    record Count(int tests, int failures, int skipped) {
        Count plus(Count other) {
            return new Count(tests + other.tests, failures + other.failures, skipped + other.skipped);
        }
    }

    private static final Pattern SUITE = Pattern.compile("<testsuite\\s[^>]*>");
    private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    /** Reports written since an instant; older ones are of another run. */
    static TestResults since(Path root, Instant began) throws IOException {
        var modules = new TreeMap<String, Count>();
        var failed = new ArrayList<String>();
        var skipped = new ArrayList<String>();
        for (var report : reports(root, began)) {
            var match = SUITE.matcher(Files.readString(report));
            if (match.find()) {
                var suite = attributes(match.group());
                var count = new Count(
                        number(suite, "tests"),
                        number(suite, "failures") + number(suite, "errors"),
                        number(suite, "skipped"));
                modules.merge(module(root, report), count, Count::plus);
                var name = suite.getOrDefault("name", report.toString());
                if (count.failures() > 0) {
                    failed.add(name);
                }
                if (count.skipped() > 0) {
                    skipped.add(name);
                }
            }
        }
        return new TestResults(modules, failed, skipped);
    }

    /** A test that was skipped has proven nothing, so a run with one has not passed. */
    boolean passed() {
        var all = total();
        return all.tests() > 0 && all.failures() == 0 && all.skipped() == 0;
    }

    void print() {
        System.out.println();
        modules.forEach((module, count) -> System.out.printf(
                "%-26s %5d tests %4d failed %4d skipped%n", module, count.tests(), count.failures(), count.skipped()));
        failed.forEach(name -> System.out.println("FAILED " + name));
        skipped.forEach(name -> System.out.println("SKIPPED in " + name));
        var all = total();
        System.out.printf(
                "%d passed, %d failed%s%n",
                all.tests() - all.failures() - all.skipped(),
                all.failures(),
                all.skipped() == 0 ? "" : ", " + all.skipped() + " skipped");
    }

    private Count total() {
        return modules.values().stream().reduce(new Count(0, 0, 0), Count::plus);
    }

    private static List<Path> reports(Path root, Instant began) throws IOException {
        var reports = new ArrayList<Path>();
        for (var directory : List.of(root, root.resolve("deploy"))) {
            try (Stream<Path> modules = Files.list(directory)) {
                for (var module : modules.toList()) {
                    reports.addAll(inModule(module.resolve("target/surefire-reports"), began));
                }
            }
        }
        return reports;
    }

    private static List<Path> inModule(Path directory, Instant began) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        var reports = new ArrayList<Path>();
        try (var files = Files.newDirectoryStream(directory, "TEST-*.xml")) {
            for (var file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isAfter(began)) {
                    reports.add(file);
                }
            }
        }
        return reports;
    }

    private static String module(Path root, Path report) {
        var path = root.relativize(report).toString();
        return path.substring(0, path.indexOf("/target/"));
    }

    private static Map<String, String> attributes(String element) {
        var attributes = new TreeMap<String, String>();
        var match = ATTRIBUTE.matcher(element);
        while (match.find()) {
            attributes.put(match.group(1), match.group(2));
        }
        return attributes;
    }

    private static int number(Map<String, String> attributes, String name) {
        return Integer.parseInt(attributes.getOrDefault(name, "0"));
    }
}
