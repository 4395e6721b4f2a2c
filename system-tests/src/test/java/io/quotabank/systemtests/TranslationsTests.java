package io.quotabank.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What refusals say is said in Chinese too. */
class TranslationsTests {

    private static final Path ROOT = Path.of(System.getProperty("quotabank.root", ".."));
    private static final Path FILE =
            ROOT.resolve("platform/src/main/resources/io/quotabank/platform/problem/details_zh.txt");
    private static final Pattern REFUSED =
            Pattern.compile("new IllegalArgumentException\\(\\s*\"((?:[^\"\\\\\\n]++|\\\\.)*+)\"");
    private static final Pattern DETAIL =
            Pattern.compile("Problems\\.(?:response|of)\\(\\s*\"\\w+\",\\s*\"((?:[^\"\\\\\\n]++|\\\\.)*+)\"");
    /** The gateway's: nothing else there is a whole sentence. */
    private static final Pattern SENTENCE = Pattern.compile("\"([A-Z][^\"\\\\\\n]* [^\"\\\\\\n]*[.?])\"");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]++|\\\\.)*+)\"");

    /** Between services, and what is no refusal. */
    private static final List<String> OTHER = List.of(
            "the statement is of another lease",
            "this instance does not hold the lease",
            "no such lease",
            "hash is missing",
            "an amount is told, or none",
            "One OpenAI-compatible endpoint over many deposited keys, metered and settled in credits.");

    @Test
    void everySentenceOfAControllerHasATranslation() throws IOException {
        var english = english();
        var said = Stream.of(
                        said(".*/\\w+(Controller|Body)\\.java", REFUSED),
                        said(".*", DETAIL),
                        said(".*/gateway-service/.*", SENTENCE))
                .flatMap(Function.identity())
                .filter(sentence -> !OTHER.contains(sentence))
                .toList();

        assertThat(said)
                .hasSizeGreaterThan(90)
                .allSatisfy(sentence -> assertThat(english)
                        .as(sentence)
                        .anyMatch(line -> line.startsWith(sentence + "{}") || sentence.matches(pattern(line))));
    }

    @Test
    void everyTranslationIsOfSomethingThatIsSaid() throws IOException {
        var literals = sources()
                .flatMap(file -> LITERAL.matcher(read(file)).results())
                .map(literal -> unescaped(literal.group(1)))
                .toList();

        assertThat(english()).isSorted().doesNotHaveDuplicates().allSatisfy(line -> {
            for (var part : line.split("\\{}", -1)) {
                // A name may stand before a literal, which then is most of it.
                assertThat(literals)
                        .as(line)
                        .anyMatch(literal -> literal.contains(part)
                                || (part.contains(literal) && literal.length() * 2 > part.length()));
            }
        });
    }

    private static Stream<String> said(String file, Pattern pattern) throws IOException {
        return sources()
                .filter(source -> source.toString().matches(file))
                .flatMap(source -> pattern.matcher(read(source)).results())
                .map(found -> unescaped(found.group(1)));
    }

    private static List<String> english() throws IOException {
        return Files.readAllLines(FILE).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.indexOf(" | ")))
                .toList();
    }

    private static String pattern(String line) {
        return Stream.of(line.split("\\{}", -1)).map(Pattern::quote).collect(Collectors.joining(".+"));
    }

    private static Stream<Path> sources() throws IOException {
        try (var files = Files.walk(ROOT)) {
            return files
                    .filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/main/java/io/quotabank/"))
                    .toList()
                    .stream();
        }
    }

    private static String unescaped(String literal) {
        return literal.replace("\\\"", "\"");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
