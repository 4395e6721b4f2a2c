package io.quotabank.proxy.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.contracts.usage.UsageEvent.Metering;
import io.quotabank.contracts.usage.UsageEvent.Outcome;
import io.quotabank.proxy.journal.Journals.FakeStatements;
import io.quotabank.proxy.journal.Journals.FakeTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How replay ends a dead process's requests: rows 12 to 15 of docs/settlement.md. */
class AbandonedTests {

    @TempDir
    private Path root;

    private final UUID request = UUID.randomUUID();
    private final UUID user = UUID.randomUUID();
    private final UUID lease = UUID.randomUUID();
    private final UUID key = UUID.randomUUID();
    private final UUID owner = UUID.randomUUID();
    private final List<Funding> funding = List.of(new Funding(lease, new Credits(1_000)));
    private final FakeTransport transport = new FakeTransport();
    private final FakeStatements ledger = new FakeStatements();
    private JournalDirectory directory;
    private JournalFile file;
    private Journal journal;

    @BeforeEach
    void open() throws Exception {
        directory = Journals.directory(root);
        file = new JournalFile(directory, Disk.REAL, Journals.settings(root, 1 << 20));
        journal = new Journal(file, Journals.MESSAGES, () -> 5_000);
        journal.leased(lease, user, new Credits(4_000), 0);
        journal.opened(Journals.opened(request, user, 1_000), Journals.terms(funding));
    }

    @Test
    void costsNothingWhereNothingWasSentUpstream() throws Exception {
        var closed = replayed();

        assertThat(closed.outcome()).isEqualTo(Outcome.ABANDONED);
        assertThat(closed.operation()).isEqualTo("text_completion");
        assertThat(closed.metering()).isEqualTo(Metering.NONE);
        assertThat(closed.cost()).isEqualTo(Credits.ZERO);
        assertThat(closed.attempts()).isEmpty();
        assertThat(closed.funding()).isEqualTo(funding);
        assertThat(closed.priceVersion()).isEqualTo(3);
    }

    @Test
    void costsTheLastNoteWhichTheKeysOwnerIsPaidFor() throws Exception {
        journal.attempted(request, 0, UUID.randomUUID(), null, 0, "openai");
        journal.attempted(request, 1, key, owner, 9_500, "deepseek");
        journal.noted(request, TokenUsage.of(10, 1), new Credits(100), new Credits(80));
        journal.noted(request, TokenUsage.of(10, 7), new Credits(700), new Credits(560));
        var closed = replayed();

        assertThat(closed.metering()).isEqualTo(Metering.COUNTED);
        assertThat(closed.cost()).isEqualTo(new Credits(700));
        assertThat(closed.tokens()).isEqualTo(TokenUsage.of(10, 7));
        assertThat(closed.served()).isEqualTo(new Credits(700));
        assertThat(closed.attempts()).hasSize(2);
        assertThat(closed.attempts().getFirst().served()).isEqualTo(Credits.ZERO);
        assertThat(closed.attempts().getLast()).satisfies(attempt -> {
            assertThat(attempt.keyId()).isEqualTo(key);
            assertThat(attempt.ownerId()).isEqualTo(owner);
            assertThat(attempt.ownerBasisPoints()).isEqualTo(9_500);
            assertThat(attempt.served()).isEqualTo(new Credits(700));
            assertThat(attempt.listCost()).isEqualTo(new Credits(560));
        });
        assertThat(ledger.taken)
                .singleElement()
                .satisfies(statement -> assertThat(statement.spent()).isEqualTo(new Credits(700)));
    }

    @Test
    void costsNothingWhereNothingHadBeenDelivered() throws Exception {
        journal.attempted(request, 0, key, owner, 9_500, "openai");
        var closed = replayed();

        assertThat(closed.cost()).isEqualTo(Credits.ZERO);
        assertThat(closed.served()).isEqualTo(Credits.ZERO);
        assertThat(closed.attempts())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.keyId()).isEqualTo(key));
    }

    @Test
    void endsAsItEndedWhereItHadClosed() throws Exception {
        journal.attempted(request, 0, key, owner, 9_500, "openai");
        var ended = Journals.closed(request, user, 333, funding);
        journal.closed(ended, null);

        assertThat(replayed()).isEqualTo(ended);
        assertThat(ledger.taken)
                .singleElement()
                .satisfies(statement -> assertThat(statement.spent()).isEqualTo(new Credits(333)));
    }

    @Test
    void statesALeaseThatTheLedgerWasAskedForAndNeverAnswered() throws Exception {
        var asked = UUID.randomUUID();
        journal.leased(asked, user, Credits.ZERO, 0);
        replayed();

        assertThat(ledger.taken).anySatisfy(statement -> {
            assertThat(statement.leaseId()).isEqualTo(asked);
            assertThat(statement.spent()).isEqualTo(Credits.ZERO);
        });
    }

    @Test
    void saysNothingOfALeaseThatIsOver() throws Exception {
        journal.leaseEnded(lease);
        replayed();

        assertThat(ledger.taken).isEmpty();
    }

    @Test
    void leavesTheJournalOfALivingProcessAlone() throws Exception {
        replays().run();

        assertThat(transport.taken).isEmpty();
        assertThat(directory.segment(0)).exists();
    }

    @Test
    void touchesNothingUnderTheRootThatIsNoJournal() throws Exception {
        var other = Files.createDirectory(root.resolve("other"));
        replays().run();

        assertThat(other).isEmptyDirectory();
    }

    @Test
    void triesAgainUntilKafkaAndTheLedgerHaveTakenEverything() throws Exception {
        file.close();
        directory.close();
        var replays = replays();
        transport.failing = true;
        replays.run();
        transport.failing = false;
        ledger.failing = true;
        replays.run();
        replays.run();
        // What Kafka has taken is not sent again for the ledger's sake.
        assertThat(transport.ids(UsageEvent.CLOSED_TYPE)).containsExactly(request);
        assertThat(directory.segment(0)).exists();

        ledger.failing = false;
        replays.run();
        assertThat(root).isEmptyDirectory();
    }

    private UsageEvent.Closed replayed() throws Exception {
        file.close();
        directory.close();
        replays().run();
        return transport.closed(request);
    }

    private Replays replays() {
        return new Replays(
                Journals.settings(root, 1 << 20), Journals.MESSAGES, Journals.meters(), () -> transport, ledger);
    }
}
