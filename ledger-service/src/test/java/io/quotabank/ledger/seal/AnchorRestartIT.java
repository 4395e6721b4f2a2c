package io.quotabank.ledger.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TcpProxy;
import io.quotabank.ledger.tail.Tail;
import io.quotabank.platform.testkit.TestPostgres;
import io.quotabank.platform.testkit.TestPostgres.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places that are away while the ledger stops, and are back when it runs again. */
class AnchorRestartIT {

    private static final Duration TURN = Duration.ofSeconds(30);

    private final S3Server s3 = new S3Server("seals");
    private final TcpProxy way = TcpProxy.to("127.0.0.1", s3.port());
    private final Database database = TestPostgres.fresh("ledger");
    // What is there before is of no interest: the first start seals and anchors by itself.
    private long first;

    @TempDir
    Path tmp;

    @BeforeEach
    void credentials() {
        System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", S3Server.SECRET);
    }

    @AfterEach
    void stop() {
        way.close();
        s3.close();
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
    }

    @Test
    void whatWaitedWhenItStoppedIsAnchoredOnceWhenItStartsAgain() throws Exception {
        List<Long> due;
        try (var ledger = start(both())) {
            due = anchorsOfSomeHours(ledger);
            assertThat(metric(ledger, "seal_anchors_waiting{", "place=\"bucket\""))
                    .isEqualTo(4);
            assertThat(metric(ledger, "seal_anchor_age_seconds{", "")).isPositive();
        }
        bringBack();
        try (var ledger = start(both())) {
            // By itself.
            await().atMost(TURN).untilAsserted(() -> assertThat(puts()).isEqualTo(due));
            await().atMost(TURN).untilAsserted(() -> assertThat(lines()).isEqualTo(due));
            assertThat(metric(ledger, "seal_anchor_age_seconds{", "")).isZero();
            assertThat(metric(ledger, "seal_broken{", "")).isZero();

            ledger.bean(SealJob.class).anchor();
            assertThat(puts()).isEqualTo(due);
            assertThat(lines()).isEqualTo(due);
            verify(ledger);
        }
    }

    @Test
    void eachIsThereOnceThoughTwoProcessesFindThem() throws Exception {
        List<Long> due;
        try (var ledger = start(bucket())) {
            due = anchorsOfSomeHours(ledger);
        }
        try (var one = start(bucket());
                var other = start(bucket())) {
            var jobs = List.of(one.bean(SealJob.class), other.bean(SealJob.class));
            bringBack();
            jobs.parallelStream().forEach(SealJob::anchor);
            // A call that took too long on a busy machine is made again.
            await().untilAsserted(() -> {
                jobs.forEach(SealJob::anchor);
                assertThat(puts()).hasSameElementsAs(due).doesNotHaveDuplicates();
            });
            assertThat(metric(one, "seal_broken{", "")).isZero();
            assertThat(metric(other, "seal_broken{", "")).isZero();
        }
    }

    /**
     * One block an hour is anchored, then the places go away; of each hour after it the last block is due, which is the
     * newest for the hour that goes on.
     */
    private List<Long> anchorsOfSomeHours(Ledger ledger) throws IOException {
        first = sealed(ledger, 5);
        await().untilAsserted(() -> {
            ledger.bean(SealJob.class).anchor();
            assertThat(puts()).containsExactly(first);
        });
        takeAway();
        sealed(ledger, 4);
        long second = sealed(ledger, 4);
        ledger.bean(SealJob.class).anchor();
        long third = sealed(ledger, 2);
        ledger.bean(SealJob.class).anchor();
        // Nobody anchored this one.
        long fourth = sealed(ledger, 1);
        long fifth = sealed(ledger, 0);
        ledger.bean(SealJob.class).anchor();
        long head = sealed(ledger, 0);
        ledger.bean(SealJob.class).anchor();
        assertThat(fifth).isLessThan(head);
        return List.of(first, second, third, fourth, head);
    }

    private static long sealed(Ledger ledger, int hoursAgo) {
        new People(ledger).lease(UUID.randomUUID(), 1, 1);
        ledger.bean(Tail.class).cut();
        ledger.bean(SealJob.class).seal();
        long head = ledger.bean(Seals.class).head().orElseThrow().number();
        ledger.asOwner(
                "UPDATE seal_block SET sealed_at = timestamptz '2026-01-01 12:30Z' - interval '%d hours' WHERE number = %d"
                        .formatted(hoursAgo, head));
        return head;
    }

    // The directory is of a machine that can't be reached: what is there instead takes no file.
    private void takeAway() throws IOException {
        way.refuse(true);
        if (Files.exists(directory())) {
            Files.move(directory(), tmp.resolve("away"));
            Files.createFile(directory());
        }
    }

    private void bringBack() throws IOException {
        way.refuse(false);
        if (Files.exists(directory())) {
            Files.delete(directory());
            Files.move(tmp.resolve("away"), directory());
        }
    }

    private Ledger start(Map<String, Object> settings) {
        return Ledger.on(database, settings);
    }

    private Map<String, Object> bucket() {
        return Map.of(
                "quotabank.tail.every", "1h",
                "quotabank.seal.every", "1h",
                "quotabank.seal.anchor-every", "1h",
                "quotabank.seal.anchor-bucket.name", "seals",
                "quotabank.seal.anchor-bucket.endpoint", "http://127.0.0.1:" + way.port(),
                "quotabank.seal.anchor-bucket.path-style", "true",
                "quotabank.seal.anchor-bucket.timeout", "5s");
    }

    private Map<String, Object> both() {
        var settings = new HashMap<>(bucket());
        settings.put("quotabank.seal.anchor-directory", directory().toString());
        return settings;
    }

    private Path directory() {
        return tmp.resolve("anchors");
    }

    private List<Long> puts() {
        return s3.puts.stream()
                .map(put -> Anchor.of(s3.objects.get(put.key())).number())
                .filter(number -> number >= first)
                .toList();
    }

    private List<Long> lines() throws IOException {
        try (var lines = Files.lines(directory().resolve(AnchorFile.FILE))) {
            return lines.map(line -> Anchor.of(line).number())
                    .filter(number -> number >= first)
                    .toList();
        }
    }

    private void verify(Ledger ledger) throws Exception {
        var verifier = new Verifier(Files.createDirectory(tmp.resolve("classes")));
        var export = Files.createDirectory(tmp.resolve("export"));
        verifier.fetch(ledger, export);
        Files.copy(directory().resolve(AnchorFile.FILE), export.resolve(AnchorFile.FILE));
        var objects = Files.createDirectory(export.resolve("anchors"));
        for (var object : s3.objects.entrySet()) {
            var name = object.getKey().substring("anchors/".length());
            Files.writeString(objects.resolve(name), object.getValue());
        }
        var ran = verifier.run(export.toString());
        assertThat(ran.words()).contains("all is as it was sealed").doesNotContain("No anchor");
        assertThat(ran.code()).isZero();
    }

    private static double metric(Ledger ledger, String name, String label) {
        var scraped = ledger.call("GET", "/actuator/prometheus", null, "").raw().body();
        return Stream.of(scraped.split("\n"))
                .filter(line -> line.startsWith("quotabank_ledger_" + name) && line.contains(label))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findAny()
                .orElseThrow();
    }
}
