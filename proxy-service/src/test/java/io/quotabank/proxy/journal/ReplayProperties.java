package io.quotabank.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.proxy.journal.Journals.FakeStatements;
import io.quotabank.proxy.journal.Journals.FakeTransport;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/** Random records, small files, a cut or a flipped byte anywhere: replay says what a plain model of the records says. */
class ReplayProperties {

    private static final long SEGMENT = 700;

    @Property(tries = 300)
    void saysWhatWasWrittenBeforeTheKill(
            @ForAll("records") List<Entry> records, @ForAll @DoubleRange(min = 0, max = 1) double kill)
            throws Exception {
        withRoot(root -> {
            var written = write(root, records);
            var last = written.path().resolve("%012d.journal".formatted(written.lastSegment()));
            long cut = (long) (kill * Files.size(last));
            try (var file = new RandomAccessFile(last.toFile(), "rw")) {
                file.setLength(cut);
            }
            var end = new Position(written.lastSegment(), cut);
            var survived = new ArrayList<Entry>();
            for (int i = 0; i < records.size(); i++) {
                if (written.ends().get(i).compareTo(end) <= 0) {
                    survived.add(written.entries().get(i));
                }
            }
            compare(root, survived, null);
        });
    }

    @Property(tries = 300)
    void missesOnlyTheRecordThatIsDamaged(
            @ForAll("records") List<Entry> records,
            @ForAll @IntRange(min = 0, max = 10_000) int which,
            @ForAll @DoubleRange(min = 0, max = 1) double where)
            throws Exception {
        withRoot(root -> {
            // One file: what is carried forward into the next one would heal the damage.
            var written = write(root, records, Long.MAX_VALUE);
            int hit = which % records.size();
            long from = hit == 0 ? 0 : written.ends().get(hit - 1).offset();
            long at = from + (long) (where * (written.ends().get(hit).offset() - from - 1));
            try (var file = new RandomAccessFile(
                    written.path().resolve("000000000000.journal").toFile(), "rw")) {
                file.seek(at);
                int old = file.read();
                file.seek(at);
                file.write(old ^ 0x5a);
            }
            var rest = new ArrayList<>(written.entries());
            rest.remove(hit);
            compare(root, rest, hit == records.size() - 1 ? 0L : 1L);
        });
    }

    @Property(tries = 100)
    void saysTheSameAgainAfterAReplayThatDidNotFinish(@ForAll("records") List<Entry> records) throws Exception {
        withRoot(root -> {
            write(root, records);
            var transport = new FakeTransport();
            var ledger = new FakeStatements();
            ledger.failing = true;
            var killed = replays(root, transport, ledger, Journals.meters());
            killed.run();
            killed.close();

            var again = new FakeTransport();
            ledger.failing = false;
            replays(root, again, ledger, Journals.meters()).run();
            var first = transport.taken.stream().map(message -> text(message)).toList();
            var leases = new Model(records).leases;
            if (!leases.isEmpty()) {
                assertThat(again.taken).extracting(message -> text(message)).containsExactlyElementsOf(first);
            }
            assertThat(root).isEmptyDirectory();
        });
    }

    private static void compare(Path root, List<Entry> records, @Nullable Long damagesAtLeast) throws Exception {
        var transport = new FakeTransport();
        var ledger = new FakeStatements();
        var registry = new SimpleMeterRegistry();
        replays(root, transport, ledger, new JournalMeters(registry)).run();

        var model = new Model(records);
        var closed = transport.taken.stream()
                .map(message -> Journals.JSON.readValue(message.event(), UsageEvent.Closed.class))
                .toList();
        var ended = closed.stream()
                .filter(event -> event.outcome() == Outcome.COMPLETED)
                .toList();
        var abandoned = closed.stream()
                .filter(event -> event.outcome() == Outcome.ABANDONED)
                .toList();
        assertThat(ended).extracting(UsageEvent.Closed::requestId).containsExactlyElementsOf(model.closed);
        assertThat(abandoned)
                .extracting(UsageEvent.Closed::requestId)
                .containsExactlyInAnyOrderElementsOf(model.open.keySet());
        for (var event : abandoned) {
            model.check(event);
        }
        assertThat(ledger.taken)
                .extracting(Statement::leaseId)
                .containsExactlyInAnyOrderElementsOf(model.leases.keySet());
        for (var statement : ledger.taken) {
            model.check(statement);
        }
        assertThat(root).isEmptyDirectory();
        if (damagesAtLeast != null) {
            assertThat(registry.counter("quotabank.journal.damaged.bytes").count() > 0)
                    .isEqualTo(damagesAtLeast > 0);
        }
    }

    /** The same said plainly: what was closed, what is open, what each lease spent. */
    private static final class Model {

        private final List<UUID> closed = new ArrayList<>();
        private final Map<UUID, List<Entry>> open = new LinkedHashMap<>();
        private final Map<UUID, long[]> leases = new HashMap<>();

        private Model(List<Entry> records) {
            records.forEach(this::read);
        }

        private void read(Entry entry) {
            switch (entry) {
                case Entry.Opened opened ->
                    open.computeIfAbsent(opened.requestId(), id -> new ArrayList<>(List.of(opened)));
                case Entry.Funded funded ->
                    open.getOrDefault(funded.requestId(), new ArrayList<>()).add(funded);
                case Entry.Attempted made ->
                    open.getOrDefault(made.requestId(), new ArrayList<>()).add(made);
                case Entry.Noted noted ->
                    open.getOrDefault(noted.requestId(), new ArrayList<>()).add(noted);
                case Entry.Closed end -> {
                    closed.add(end.requestId());
                    open.remove(end.requestId());
                    spend(end.funding(), end.cost().micro());
                }
                case Entry.Leased leased ->
                    // It tells what all records before it did, lost ones, too.
                    leases.put(
                            leased.leaseId(),
                            new long[] {leased.amount().micro(), leased.spent().micro(), leased.sequence()});
                case Entry.LeaseEnded ended -> leases.remove(ended.leaseId());
            }
        }

        private void spend(List<UsageEvent.Funding> funding, long cost) {
            long rest = cost;
            for (int i = 0; i < funding.size(); i++) {
                long take = i == funding.size() - 1
                        ? rest
                        : Math.min(rest, funding.get(i).atMost().micro());
                rest -= take;
                var lease = leases.get(funding.get(i).hold());
                if (lease != null) {
                    lease[1] += take;
                }
            }
        }

        private void check(UsageEvent.Closed event) {
            var entries = open.get(event.requestId());
            Entry.Noted noted = null;
            var funding = ((Entry.Opened) entries.getFirst()).funding();
            var keys = new LinkedHashMap<Integer, UUID>();
            for (var entry : entries) {
                switch (entry) {
                    case Entry.Noted note -> noted = note;
                    case Entry.Funded more -> funding = more.funding();
                    case Entry.Attempted made -> keys.putIfAbsent(made.index(), made.keyId());
                    default -> {}
                }
            }
            assertThat(event.cost()).isEqualTo(noted == null ? Credits.ZERO : noted.cost());
            assertThat(event.funding()).isEqualTo(funding);
            assertThat(event.attempts()).extracting(UsageEvent.Attempt::keyId).containsExactlyElementsOf(keys.values());
            assertThat(event.served()).isEqualTo(keys.isEmpty() ? Credits.ZERO : event.cost());
            spend(event.funding(), event.cost().micro());
        }

        private void check(Statement statement) {
            var lease = leases.get(statement.leaseId());
            assertThat(statement.spent().micro()).isEqualTo(Math.min(lease[0], lease[1]));
            assertThat(statement.sequence()).isGreaterThan(lease[2] + 1_000_000);
            assertThat(statement.last()).isTrue();
            assertThat(statement.inFlight()).isEmpty();
        }
    }

    /** @param entries as they are in the file */
    private record Written(Path path, List<Entry> entries, List<Position> ends, long lastSegment) {}

    private static Written write(Path root, List<Entry> records) throws Exception {
        return write(root, records, SEGMENT);
    }

    private static Written write(Path root, List<Entry> records, long segment) throws Exception {
        var directory = Journals.directory(root);
        var file = new JournalFile(directory, Disk.REAL, Journals.settings(root, segment));
        var entries = new ArrayList<Entry>();
        var ends = new ArrayList<Position>();
        for (var record : records) {
            // As the journal itself writes it: what a lease has spent is the journal's word.
            file.append(state -> {
                var entry = record instanceof Entry.Leased(var id, var user, var amount, var spent, var sequence)
                        ? new Entry.Leased(id, user, amount, state.spentFrom(id), sequence)
                        : record;
                entries.add(entry);
                return entry;
            });
            ends.add(file.end());
        }
        var written = new Written(directory.path(), entries, ends, file.end().segment());
        file.close();
        directory.close();
        return written;
    }

    private static Replays replays(Path root, FakeTransport transport, FakeStatements ledger, JournalMeters meters) {
        return new Replays(Journals.settings(root, SEGMENT), Journals.MESSAGES, meters, () -> transport, ledger);
    }

    private static String text(UsageMessage message) {
        return new String(message.event(), StandardCharsets.UTF_8);
    }

    private interface Check {
        void in(Path root) throws Exception;
    }

    private static void withRoot(Check check) throws Exception {
        var root = Files.createTempDirectory("journal");
        try {
            check.in(root);
        } finally {
            FileSystemUtils.deleteRecursively(root);
        }
    }

    @Provide
    Arbitrary<List<Entry>> records() {
        return Entries.any().list().ofMinSize(1).ofMaxSize(60);
    }
}
