package io.quotabank.systemtests;

import static io.quotabank.systemtests.Suite.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.systemtests.stack.Http;
import java.io.File;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The lines of docs/examples, pasted as a newcomer would. */
class ExamplesIT {

    private static final Path ROOT = Path.of(System.getProperty("quotabank.root", ".."));
    private static final Pattern PASTED = Pattern.compile("```sh\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern PRINTED = Pattern.compile("```text\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path directory;

    private final Suite.Buyer buyer = Suite.buyer("0");

    @Test
    void anApplicationChargesGivesBackHoldsSettlesAndReleases() throws Exception {
        var printed = pasted("Charge.java", stackOf(buyer));

        assertThat(printed).isEqualTo(part("Charge.java", PRINTED));
        var balance = get("/balance");
        assertThat(balance.path("credits").decimalValue()).isEqualByComparingTo("479.5");
        assertThat(balance.path("held").decimalValue()).isEqualByComparingTo(BigDecimal.ZERO);
        assertThat(StreamSupport.stream(get("/history").path("history").spliterator(), false))
                .extracting(entry -> entry.path("description").asString())
                .containsExactly(
                        "预留结算 · a film about rain",
                        "预留结算 · a film about rain",
                        "消费退还 · the script was empty",
                        "a script about rain",
                        "注册赠送");
    }

    @Test
    void aReaderOfTheTopicAddsUpWhatModelsCost() throws Exception {
        buyer.sdk().chat().completions().create(Suite.chat(STACK.model(), "Say something.", 10));
        await().until(() -> !Http.get(STACK.gateway() + "/api/usage", buyer.token())
                .json()
                .path("items")
                .isEmpty());

        var printed = pasted("UsagePerModel.java", STACK.directory().resolve("stack.json"));

        assertThat(printed.lines().findFirst().orElse("")).startsWith("model");
        assertThat(printed.lines()).anyMatch(line -> line.startsWith(STACK.model() + " "));
    }

    private JsonNode get(String what) {
        return Http.get(STACK.gateway() + "/api/credits" + what, buyer.token()).json();
    }

    /** What a suite tells where this person is the demo's buyer: other tests charge that one. */
    private Path stackOf(Suite.Buyer person) throws IOException {
        var stack = STACK.read();
        ((ObjectNode) stack.at("/demo/buyer")).put("userId", person.userId().toString());
        var json = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(stack);
        return Files.writeString(directory.resolve("stack.json"), json);
    }

    /** What the lines below an example's headline print. */
    private String pasted(String example, Path stack) throws IOException, InterruptedException {
        var lines = part(example, PASTED).replace(".quotabank/stack.json", stack.toString());
        var shell = new ProcessBuilder("sh", "-ec", lines)
                .directory(ROOT.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        // The JDK that runs the tests is on a newcomer's path.
        var java = Path.of(System.getProperty("java.home"), "bin").toString();
        shell.environment().merge("PATH", java, (path, first) -> first + File.pathSeparator + path);
        var process = shell.start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(List.of(example, printed).toString()).isZero();
        return printed;
    }

    /** The first such lines below an example's headline. */
    private static String part(String example, Pattern lines) throws IOException {
        var page = Files.readString(ROOT.resolve("docs/examples/README.md"));
        var found = lines.matcher(page.substring(page.indexOf("\n## " + example)));
        assertThat(found.find()).as(example).isTrue();
        return found.group(1);
    }
}
