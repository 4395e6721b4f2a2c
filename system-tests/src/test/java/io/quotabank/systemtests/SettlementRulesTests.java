package io.quotabank.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/settlement.md} names a test for each of its rows, and each test that it names exists. */
class SettlementRulesTests {

    private static final Path ROOT = Path.of(System.getProperty("quotabank.root", ".."));
    private static final Pattern RULE = Pattern.compile("(?m)^\\| (\\d+) \\| [^|]+ \\| [^|]+ \\| [^|]+ \\| [^|]+ \\|");
    private static final Pattern PROOF = Pattern.compile("(?m)^\\| (\\d+) \\|((?: `\\w+#\\w+`,?)+) \\|$");
    private static final Pattern TEST = Pattern.compile(
            "@(?:Test|ParameterizedTest|RepeatedTest|Property|Example)\\b(?:(?!\\b(?:void|boolean)\\b).)*"
                    + "\\b(?:void|boolean) (\\w+)\\(",
            Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("`(\\w+)#(\\w+)`");

    @Test
    void everyRowHasATestThatExists() throws IOException {
        var page = Files.readString(ROOT.resolve("docs/settlement.md"));
        var rules = RULE.matcher(page).results().map(row -> row.group(1)).toList();
        var proven = new HashSet<String>();
        var missing = new TreeSet<String>();
        var methods = testMethods();
        PROOF.matcher(page).results().forEach(row -> {
            proven.add(row.group(1));
            NAME.matcher(row.group(2))
                    .results()
                    .map(name -> name.group(1) + "#" + name.group(2))
                    .filter(name -> !methods.contains(name))
                    .forEach(missing::add);
        });
        assertThat(rules).hasSizeGreaterThan(20);
        assertThat(proven).containsAll(rules);
        assertThat(missing).isEmpty();
    }

    @Test
    void aMethodThatNobodyRunsProvesNothing() {
        assertThat(methods("""
                    @Test
                    void one() {}

                    void helper() {}

                    @ParameterizedTest
                    @ValueSource(ints = {1, 2})
                    void two(int number) {}

                    // jqwik takes a boolean
                    @Property(tries = 100)
                    boolean three(@ForAll long seed) {
                        return helper(seed);
                    }

                    @BeforeEach
                    void before() {}
                """)).containsExactly("one", "two", "three");
    }

    private static Set<String> testMethods() throws IOException {
        try (var files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().contains("src/test/java")
                            && file.toString().endsWith(".java"))
                    .flatMap(file -> methods(file).stream())
                    .collect(Collectors.toSet());
        }
    }

    private static List<String> methods(Path file) {
        var type = file.getFileName().toString().replace(".java", "");
        try {
            return methods(Files.readString(file)).stream()
                    .map(method -> type + "#" + method)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Methods that a test runner runs. */
    private static List<String> methods(String source) {
        return TEST.matcher(source).results().map(method -> method.group(1)).toList();
    }
}
