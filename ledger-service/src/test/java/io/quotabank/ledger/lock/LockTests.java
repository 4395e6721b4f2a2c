package io.quotabank.ledger.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** No two locks have the same number, and nothing but these goes by one. */
class LockTests {

    private static final Pattern NUMBERED = Pattern.compile("advisory_\\w*lock\\w*\\(\\s*(\\d+)");

    @Test
    void noTwoHaveTheSameNumber() {
        assertThat(Lock.values()).extracting(Lock::number).doesNotHaveDuplicates();
    }

    @Test
    void onlyTheFunctionThatAddsPartitionsNamesANumber() throws IOException {
        assertThat(Lock.values()).allSatisfy(lock -> {
            assertThat(numbers(lock.take())).containsExactly(lock.number());
            assertThat(numbers(lock.tryToTake())).containsExactly(lock.number());
        });
        assertThat(numbersIn(Path.of("src", "main"))).containsExactly(Lock.PARTITIONS.number());
    }

    private static List<Long> numbersIn(Path sources) throws IOException {
        try (var files = Files.walk(sources)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(java|sql)"))
                    .flatMap(file -> numbers(text(file)).stream())
                    .toList();
        }
    }

    private static List<Long> numbers(String text) {
        return NUMBERED.matcher(text)
                .results()
                .map(found -> Long.valueOf(found.group(1)))
                .toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
