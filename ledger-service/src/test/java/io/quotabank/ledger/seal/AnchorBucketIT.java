package io.quotabank.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TcpProxy;
import io.quotabank.ledger.seal.S3Server.Put;
import io.quotabank.ledger.tail.Tail;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Anchors in a bucket of S3: by Amazon's SDK, over HTTP. */
class AnchorBucketIT {

    private static final S3Server S3 = new S3Server("seals");
    private static final TcpProxy WAY = TcpProxy.to("127.0.0.1", S3.port());
    private static final String PREFIX = "anchors/";

    private static Ledger ledger;
    private static SealJob job;

    @TempDir
    static Path classes;

    @TempDir
    Path export;

    @BeforeAll
    static void start() {
        System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", S3Server.SECRET);
        ledger = Ledger.with(Map.of(
                "quotabank.tail.every", "1h",
                "quotabank.seal.every", "1h",
                "quotabank.seal.anchor-every", "1h",
                "quotabank.seal.anchor-bucket.name", "seals",
                "quotabank.seal.anchor-bucket.endpoint", "http://127.0.0.1:" + WAY.port(),
                "quotabank.seal.anchor-bucket.path-style", "true",
                "quotabank.seal.anchor-bucket.lock-for", "30d",
                // A busy machine may take seconds for a call.
                "quotabank.seal.anchor-bucket.timeout", "10s"));
        job = ledger.bean(SealJob.class);
    }

    @AfterAll
    static void stop() {
        ledger.close();
        WAY.close();
        S3.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @AfterEach
    void allIsAnchored() {
        // What a test that failed has left is no other's fault.
        S3.heal();
        WAY.refuse(false);
        Awaitility.await().untilAsserted(() -> {
            job.anchor();
            assertThat(metric("seal_anchors_waiting")).isZero();
        });
        assertThat(metric("seal_broken")).isZero();
        assertThat(newest()).startsWith(head().number() + "," + head().hash() + ",");
    }

    @Test
    void eachHeadIsAnObjectThatIsNeverOverwrittenNorDeletedForAMonth() {
        long first = anchorNew();
        long second = anchorNew();
        job.anchor();

        var puts = putsFrom(first);
        assertThat(puts.stream().map(AnchorBucketIT::number)).containsExactly(first, second);
        assertThat(puts).allSatisfy(put -> {
            assertThat(put.headers()).containsEntry("if-none-match", "*");
            assertThat(put.headers()).containsEntry("x-amz-object-lock-mode", "COMPLIANCE");
            var anchored = Anchor.of(S3.objects.get(put.key()));
            assertThat(Instant.parse(put.headers().get("x-amz-object-lock-retain-until-date")))
                    .isAfter(anchored.at().plus(Duration.ofDays(29)));
            assertThat(anchored.hash())
                    .isEqualTo(ledger.bean(Seals.class)
                            .block(anchored.number())
                            .orElseThrow()
                            .hash());
        });
    }

    @Test
    void strangersVerifyWithObjectsAsTheyAreInTheBucket() throws Exception {
        anchorNew();
        anchorNew();
        var verifier = new Verifier(classes);
        verifier.fetch(ledger, export);
        download();
        var ran = verifier.run(export.toString());
        assertThat(ran.words())
                .contains("all is as it was sealed")
                .contains(" " + S3.objects.size() + " anchors")
                .doesNotContain("No anchor");
        assertThat(ran.code()).isZero();

        var number = head().number();
        Files.writeString(
                export.resolve(PREFIX).resolve("x-" + number + ".csv"),
                other(number).line());
        assertThat(verifier.run(export.toString()).words())
                .contains("block " + number + " is not the one that was anchored");
    }

    @Test
    void whileTheBucketIsAwaySealingGoesOnAndAnchorsFollowInOrder() {
        anchorNew();
        double failed = metric("seal_anchor_failures_total");
        WAY.refuse(true);
        long first = anchorNew();
        long second = anchorNew();
        long third = anchorNew();

        assertThat(metric("seal_anchors_waiting")).isEqualTo(3);
        assertThat(metric("seal_anchor_failures_total")).isEqualTo(failed + 3);
        assertThat(metric("seal_broken")).isZero();
        assertThat(head().number()).isEqualTo(third);

        WAY.refuse(false);
        job.anchor();

        assertThat(putsFrom(first).stream().map(AnchorBucketIT::number)).containsExactly(first, second, third);
    }

    @Test
    void oneThatIsForbiddenIsBroughtOnceItIsAllowed() {
        S3.forbid(true);
        long number = anchorNew();
        assertThat(metric("seal_anchors_waiting")).isEqualTo(1);
        assertThat(putsFrom(number)).isEmpty();

        S3.forbid(false);
        job.anchor();

        assertThat(putsFrom(number)).hasSize(1);
    }

    @Test
    void aRequestThatIsNotSignedWithTheSecretIsRefusedByTheServer() {
        System.setProperty("aws.secretAccessKey", S3Server.SECRET + "x");
        try {
            long number = anchorNew();
            assertThat(metric("seal_anchors_waiting")).isEqualTo(1);
            assertThat(putsFrom(number)).isEmpty();
        } finally {
            System.setProperty("aws.secretAccessKey", S3Server.SECRET);
        }
    }

    /** The server never answers of itself: only the time limit ends it. */
    @Test
    void aBucketThatDoesNotAnswerHoldsNothingUp() {
        var answers = new CountDownLatch(1);
        S3.beforeAnswers(() -> await(answers));
        try {
            long number = anchorNew();
            assertThat(metric("seal_anchors_waiting")).isEqualTo(1);
            long next = sealNew();
            assertThat(next).isGreaterThan(number);
        } finally {
            S3.beforeAnswers(null);
            answers.countDown();
        }
    }

    /** It is stored, and nobody hears of it: what is there is what was meant. */
    @Test
    void anAnchorWhoseAnswerWasLostIsThereOnce() {
        S3.beforeNextPut(() -> S3.loseAnswers(true));
        long number = anchorNew();
        assertThat(metric("seal_anchors_waiting")).isEqualTo(1);
        assertThat(putsFrom(number)).hasSize(1);

        S3.loseAnswers(false);
        job.anchor();

        assertThat(putsFrom(number)).hasSize(1);
    }

    /** The same where the try after it meets what the first one stored. */
    @Test
    void anAnchorThatAnotherProcessStoredMeanwhileIsTheSame() {
        long number = sealNew();
        S3.beforeNextPut(() -> S3.objects.put(key(number), anchor(number).line()));
        job.anchor();
        assertThat(metric("seal_broken")).isZero();
        assertThat(metric("seal_anchors_waiting")).isZero();
    }

    @Test
    void anotherAnchorOfTheSameBlockIsToldAndStays() {
        long number = sealNew();
        var other = other(number).line();
        S3.beforeNextPut(() -> S3.objects.put(key(number), other));

        job.anchor();
        assertThat(metric("seal_broken")).isEqualTo(1);
        // Now it is the first of the listing.
        job.anchor();
        assertThat(metric("seal_broken")).isEqualTo(1);

        assertThat(S3.objects).containsEntry(key(number), other);
        S3.objects.remove(key(number));
    }

    /** Somebody makes the whole chain anew while the bucket is away: the head that waits is of the chain before. */
    @Test
    void aHeadThatWaitedTellsOfAChainThatWasMadeAnewMeanwhile() {
        anchorNew();
        WAY.refuse(true);
        long noted = anchorNew();
        var hash = head().hash();
        ledger.asOwner(
                "UPDATE transfer SET created_at = created_at - interval '1 day' WHERE xact IS NOT NULL"
                        + " AND debit_seq = (SELECT max(debit_seq) FROM transfer)",
                "CREATE TABLE kept AS SELECT * FROM seal_block",
                "DELETE FROM seal_block WHERE number = " + noted);
        try {
            job.seal();
            assertThat(head().number()).isEqualTo(noted);
            assertThat(head().hash()).isNotEqualTo(hash);
            WAY.refuse(false);
            job.anchor();

            assertThat(metric("seal_broken")).isEqualTo(1);
            assertThat(newest()).startsWith(noted + "," + hash + ",");
        } finally {
            ledger.asOwner(
                    "UPDATE transfer SET created_at = created_at + interval '1 day' WHERE xact IS NOT NULL"
                            + " AND debit_seq = (SELECT max(debit_seq) FROM transfer)",
                    "DELETE FROM seal_block",
                    "INSERT INTO seal_block SELECT * FROM kept",
                    "DROP TABLE kept");
        }
    }

    /** @return its number */
    private static long sealNew() {
        long before = ledger.bean(Seals.class).head().map(Block::number).orElse(-1L);
        new People(ledger).lease(UUID.randomUUID(), 1, 1);
        ledger.bean(Tail.class).cut();
        job.seal();
        assertThat(head().number()).isGreaterThan(before);
        return head().number();
    }

    private static long anchorNew() {
        long number = sealNew();
        job.anchor();
        return number;
    }

    private static Block head() {
        return ledger.bean(Seals.class).head().orElseThrow();
    }

    private static Anchor anchor(long number) {
        var hash = ledger.bean(Seals.class).block(number).orElseThrow().hash();
        return new Anchor(number, hash, Instant.now());
    }

    private static Anchor other(long number) {
        return new Anchor(number, "f".repeat(64), Instant.now());
    }

    private static String key(long number) {
        return PREFIX + (Long.MAX_VALUE - number) + "-" + number + ".csv";
    }

    private static String newest() {
        return S3.objects.firstEntry().getValue();
    }

    private static List<Put> putsFrom(long number) {
        return S3.puts.stream().filter(put -> number(put) >= number).toList();
    }

    private static long number(Put put) {
        return Anchor.of(S3.objects.get(put.key())).number();
    }

    private void download() throws Exception {
        for (var object : S3.objects.entrySet()) {
            var file = export.resolve(object.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, object.getValue());
        }
    }

    private static double metric(String name) {
        var scraped = ledger.call("GET", "/actuator/prometheus", null, "").raw().body();
        return scraped.lines()
                .filter(line -> line.startsWith("quotabank_ledger_" + name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findAny()
                .orElseThrow();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
