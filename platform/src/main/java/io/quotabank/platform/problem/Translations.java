package io.quotabank.platform.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What types of ours say of malformed input, in Chinese: they say it in English. */
final class Translations {

    private record Sentence(Pattern english, String chinese) {

        static Sentence of(String line) {
            var sides = line.split(" \\| ", 2);
            var english = Arrays.stream(sides[0].split(Pattern.quote(VALUE), -1))
                    .map(Pattern::quote)
                    .collect(Collectors.joining("(.+)"));
            return new Sentence(Pattern.compile(english, Pattern.DOTALL), sides[1]);
        }

        String with(Matcher said) {
            var text = chinese;
            for (int i = 1; i <= said.groupCount(); i++) {
                text = text.replaceFirst(Pattern.quote(VALUE), Matcher.quoteReplacement(said.group(i)));
            }
            return text;
        }
    }

    private static final String VALUE = "{}";
    private static final List<Sentence> SENTENCES = load();

    /** As it is where there is no translation. */
    static String chinese(String english) {
        for (var sentence : SENTENCES) {
            var said = sentence.english().matcher(english);
            if (said.matches()) {
                return sentence.with(said);
            }
        }
        return english;
    }

    private static List<Sentence> load() {
        try (var file = Translations.class.getResourceAsStream("details_zh.txt")) {
            if (file == null) {
                throw new IllegalStateException("the translations are missing");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Sentence::of)
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private Translations() {}
}
