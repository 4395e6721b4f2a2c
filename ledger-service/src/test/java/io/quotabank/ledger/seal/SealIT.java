package io.quotabank.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.UsageTopic;
import io.quotabank.ledger.seal.Verifier.Ran;
import io.quotabank.ledger.tail.Tail;
import io.quotabank.platform.testkit.TestIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** By the verifier that strangers run, in a process of its own. */
class SealIT {

    private static Ledger ledger;
    private static Verifier verifier;

    @TempDir
    static Path anchors;

    @TempDir
    static Path classes;

    @TempDir
    Path export;

    @BeforeAll
    static void sealSomething() {
        verifier = new Verifier(classes);
        ledger = Ledger.consuming(Map.of(
                "quotabank.tail.every", "1h",
                "quotabank.seal.every", "1h",
                "quotabank.seal.anchor-every", "1h",
                "quotabank.seal.anchor-directory", anchors.toString()));
        var people = new People(ledger);
        for (int i = 0; i < 4; i++) {
            var buyer = UUID.randomUUID();
            var lease = people.lease(buyer, 1_000, 1_000).leaseId();
            UsageTopic.send(TestUsage.of(buyer)
                    .cost(400)
                    .from(lease, 1_000)
                    .served(UUID.randomUUID(), 400)
                    .closed());
            long settled = i + 1L;
            await().until(() -> ledger.number("SELECT count(*) FROM settlement") == settled);
            ledger.bean(Tail.class).cut();
            ledger.bean(SealJob.class).seal();
            ledger.bean(SealJob.class).anchor();
        }
        assertThat(ledger.bean(Seals.class).head().orElseThrow().number()).isGreaterThanOrEqualTo(4);
    }

    @AfterAll
    static void stop() {
        ledger.close();
    }

    @Test
    void whatNobodyTouchedIsAsItWasSealed() throws Exception {
        var ran = verified(true);
        assertThat(ran.words()).contains("all is as it was sealed").doesNotContain("No anchor");
        assertThat(ran.code()).isZero();
        assertThat(ledger.bean(Seals.class).check(0).wrong()).isEmpty();
    }

    @Test
    void theVerifierRunsFromItsSourceAlone() throws Exception {
        var ran = Verifier.java(Stream.of(Verifier.SOURCE.toString(), export.toString()));
        assertThat(ran.words()).contains("no blocks in");
        assertThat(ran.code()).isEqualTo(2);
    }

    /** What was done, what undoes it, and what the verifier says. */
    static Stream<Arguments> deeds() {
        return Stream.of(
                Arguments.of(
                        "UPDATE transfer SET amount = amount + 1 WHERE type = 'bonus' AND debit_seq = 2",
                        "UPDATE transfer SET amount = amount - 1 WHERE type = 'bonus' AND debit_seq = 2",
                        "is not as it was sealed"),
                Arguments.of(
                        "CREATE TABLE kept AS SELECT * FROM transfer WHERE type = 'bonus' AND debit_seq = 2;"
                                + "DELETE FROM transfer WHERE type = 'bonus' AND debit_seq = 2",
                        "INSERT INTO transfer SELECT * FROM kept; DROP TABLE kept",
                        "sealed were"),
                Arguments.of(
                        "INSERT INTO transfer SELECT gen_random_uuid(), debit, credit, amount, debit_after, credit_after,"
                                + " 9, 9, type, reference, created_at, xact FROM transfer WHERE type = 'bonus'"
                                + " AND debit_seq = 2",
                        "DELETE FROM transfer WHERE debit_seq = 9 AND type = 'bonus'",
                        "sealed were"),
                Arguments.of(
                        "UPDATE account SET code = 'user:' || gen_random_uuid() WHERE id ="
                                + " (SELECT min(id) FROM account WHERE kind = 'user')",
                        "UPDATE account SET code = 'user:' || person WHERE kind = 'user'",
                        "is not as it was sealed"),
                Arguments.of(
                        "CREATE TABLE kept AS SELECT * FROM account WHERE kind = 'revenue';"
                                + "DELETE FROM account WHERE kind = 'revenue'",
                        "INSERT INTO account OVERRIDING SYSTEM VALUE SELECT * FROM kept; DROP TABLE kept",
                        "is not as it was sealed"),
                Arguments.of(
                        "CREATE TABLE kept AS SELECT * FROM seal_block WHERE number >= 3;"
                                + "DELETE FROM seal_block WHERE number >= 3",
                        "INSERT INTO seal_block SELECT * FROM kept; DROP TABLE kept",
                        "was anchored and is not there"));
    }

    @ParameterizedTest
    @MethodSource("deeds")
    void aDeedShows(String deed, String undo, String words) throws Exception {
        ledger.asOwner(deed);
        try {
            var ran = verified(true);
            assertThat(ran.words()).contains("WRONG").contains(words);
            assertThat(ran.code()).isEqualTo(1);
            // The process that sealed sees it, too, but for what only anchors tell.
            assertThat(ledger.bean(Seals.class).check(0).wrong().isEmpty()).isEqualTo(deed.contains("seal_block"));
        } finally {
            ledger.asOwner(undo);
        }
        assertThat(ledger.bean(Seals.class).check(0).wrong()).isEmpty();
    }

    /** A whole chain made anew over other transfers is right in itself. The anchors know another one. */
    @Test
    void aChainThatWasMadeAnewIsFoundByItsAnchors() throws Exception {
        var seals = ledger.bean(Seals.class);
        var job = ledger.bean(SealJob.class);
        ledger.asOwner(
                "UPDATE transfer SET created_at = created_at - interval '1 day'",
                "CREATE TABLE kept AS SELECT * FROM seal_block",
                "DELETE FROM seal_block");
        try {
            job.seal();
            assertThat(seals.check(0).wrong()).isEmpty();
            assertThat(verified(false).code()).as("without anchors").isZero();

            var ran = verified(true);
            assertThat(ran.words()).contains("is not the one that was anchored");
            assertThat(ran.code()).isEqualTo(1);

            var noted = Files.readString(anchors.resolve(AnchorFile.FILE));
            job.anchor();
            assertThat(Files.readString(anchors.resolve(AnchorFile.FILE))).isEqualTo(noted);
            assertThat(metrics()).contains("quotabank_ledger_seal_broken{application=\"ledger-service\"} 1.0");
        } finally {
            ledger.asOwner(
                    "UPDATE transfer SET created_at = created_at + interval '1 day'",
                    "DELETE FROM seal_block",
                    "INSERT INTO seal_block SELECT * FROM kept",
                    "DROP TABLE kept");
        }
        job.anchor();
        assertThat(metrics()).contains("quotabank_ledger_seal_broken{application=\"ledger-service\"} 0.0");
    }

    @Test
    void anAnchorThatWasCutShortIsWrittenAgain() throws IOException {
        var file = anchors.resolve(AnchorFile.FILE);
        var noted = Files.readString(file);
        var head = ledger.bean(Seals.class).head().orElseThrow();
        Files.writeString(file, noted.substring(0, noted.length() - 40));
        ledger.bean(SealJob.class).anchor();
        assertThat(Files.readAllLines(file)).hasSameSizeAs(noted.lines().toList());
        assertThat(Files.readAllLines(file).getLast()).startsWith(head.number() + "," + head.hash() + ",");
    }

    @Test
    void blocksAreToldToThoseWhoLookAfterTheBooks() {
        var user = TestIdentity.user(UUID.randomUUID());
        var chain =
                ledger.call("GET", "/api/ledger/seal?from=1&to=2", admin(), "").body();
        assertThat(chain.get("blocks")
                        .valueStream()
                        .map(block -> block.get("number").asLong()))
                .containsExactly(1L, 2L);
        assertThat(ledger.call("GET", "/api/ledger/seal/2", admin(), "").body())
                .isEqualTo(chain.get("blocks").get(1));
        assertThat(chain.get("head").get("number").asLong()).isGreaterThanOrEqualTo(4);
        assertThat(ledger.call("GET", "/api/ledger/seal/999999", admin(), "").status())
                .isEqualTo(404);
        assertThat(ledger.call("GET", "/api/ledger/seal/999999/transfers", admin(), "")
                        .status())
                .isEqualTo(404);
        for (var path : new String[] {"", "/1", "/1/transfers"}) {
            assertThat(ledger.call("GET", "/api/ledger/seal" + path, user, "").status())
                    .isEqualTo(403);
        }
        assertThat(ledger.call("GET", "/api/ledger/seal/1/transfers", Ledger.proxyToken(), "")
                        .status())
                .isEqualTo(403);
    }

    // Made anew: it lives a minute.
    private static String admin() {
        return TestIdentity.user(UUID.randomUUID(), "admin");
    }

    private static String metrics() {
        return ledger.call("GET", "/actuator/prometheus", null, "").raw().body();
    }

    private Ran verified(boolean withAnchors) throws Exception {
        var to = Files.createTempDirectory(export, "export");
        verifier.fetch(ledger, to);
        if (withAnchors) {
            Files.copy(anchors.resolve(AnchorFile.FILE), to.resolve(AnchorFile.FILE));
        }
        return verifier.run(to.toString());
    }
}
