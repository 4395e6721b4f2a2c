package io.quotabank.ledger.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quotabank.contracts.lease.LedgerLeases.Answer;
import io.quotabank.contracts.lease.LedgerLeases.InFlight;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.platform.testkit.TestIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseIT {

    private static final Ledger LEDGER = Ledger.shared();

    private final People people = new People(LEDGER);
    private final UUID user = UUID.randomUUID();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void grantsWhatIsWantedUpToHalfOfWhatIsAvailableButNeverLessThanNeeded() {
        assertThat(granted(people.lease(user, 10, 1_000))).isEqualTo(1_000);
        long available = People.SIGN_UP - 1_000;
        assertThat(granted(people.lease(user, 10, People.SIGN_UP))).isEqualTo(available / 2);
        available -= available / 2;
        assertThat(granted(people.lease(user, available - 1, People.SIGN_UP))).isEqualTo(available - 1);
        assertThat(granted(people.lease(user, 1, 1))).isEqualTo(1);
        assertThat(people.lease(user, 1, 1).granted()).isNull();
        assertThat(people.held(user)).isEqualTo(People.SIGN_UP);
    }

    @Test
    void firstSightGivesTheSignUpCreditsAndTellsTierAndBalance() {
        var answer = people.lease(user, 10, 1_000);
        assertThat(answer.tier()).isEqualTo("bronze");
        assertThat(answer.balance().micro()).isEqualTo(People.SIGN_UP);
        assertThat(answer.available().micro()).isEqualTo(People.SIGN_UP - 1_000);
        assertThat(answer.reserveForMs()).isEqualTo(600_000);
    }

    @Test
    void theSameLeaseIdGivesTheFirstAnswerAndHoldsOnce() {
        var lease = TestUsage.IDS.next();
        var first = people.lease(lease, user, People.NOBODY, 10, 1_000);
        var again = people.lease(lease, user, People.NOBODY, 10, 5_000);
        assertThat(again.granted()).isEqualTo(first.granted());
        assertThat(people.held(user)).isEqualTo(1_000);
    }

    @Test
    void aLeaseIdOfAnotherPersonIsRefused() {
        var lease = people.lease(user, 10, 10).leaseId();
        var stolen = LEDGER.call(
                "POST", "/internal/leases", Ledger.proxyToken(), body(lease, UUID.randomUUID(), People.NOBODY, 10, 10));
        assertThat(stolen.status()).isEqualTo(400);
    }

    @Test
    void theReplacedLeaseReturnsItsRestInTheSameStep() {
        var all = people.lease(user, People.SIGN_UP, People.SIGN_UP).leaseId();
        var answer = people.lease(user, 100, 100, People.statement(all, 1, 1_000, true));
        assertThat(granted(answer)).isEqualTo(100);
        assertThat(people.held(user)).isEqualTo(1_100);
        assertThat(answer.balance().micro()).isEqualTo(People.SIGN_UP - 1_000);
    }

    @Test
    void aRefusedOpeningStillBooksWhatItWasTold() {
        var all = people.lease(user, People.SIGN_UP, People.SIGN_UP).leaseId();
        var told =
                new Statement(all, 1, new Credits(0), List.of(new InFlight(UUID.randomUUID(), new Credits(500))), true);
        assertThat(people.lease(user, People.SIGN_UP, People.SIGN_UP, told).granted())
                .isNull();
        assertThat(people.held(user)).isEqualTo(500);
    }

    @Test
    void statementsAreTakenOnceByTheirSequence() {
        var lease = people.lease(user, 1_000, 1_000).leaseId();
        var running = new Statement(
                lease, 5, new Credits(100), List.of(new InFlight(UUID.randomUUID(), new Credits(50))), true);
        assertThat(people.state(running)).isEqualTo(200);
        assertThat(people.held(user)).isEqualTo(150);
        assertThat(people.state(People.statement(lease, 4, 0, true))).isEqualTo(200);
        assertThat(people.state(People.statement(lease, 5, 0, true))).isEqualTo(200);
        assertThat(people.held(user)).isEqualTo(150);
        people.state(People.statement(lease, 6, 120, true));
        assertThat(people.held(user)).isEqualTo(120);
        assertThat(people.status(lease)).isEqualTo("active");
    }

    @Test
    void aStatementOfNoLeaseIsNotFound() {
        assertThat(people.state(People.statement(TestUsage.IDS.next(), 1, 0, true)))
                .isEqualTo(404);
    }

    @Test
    void onlyServicesReachTheseAddresses() {
        var body = body(TestUsage.IDS.next(), user, People.NOBODY, 1, 1);
        assertThat(LEDGER.call("POST", "/internal/leases", TestIdentity.user(user), body)
                        .status())
                .isEqualTo(403);
        assertThat(LEDGER.call("POST", "/internal/leases", null, body).status()).isEqualTo(401);
    }

    @Test
    void malformedOpeningsAreRefused() {
        var v4 = body(UUID.randomUUID(), user, People.NOBODY, 1, 1);
        var address = body(TestUsage.IDS.next(), user, "file:///etc/passwd", 1, 1);
        var below = body(TestUsage.IDS.next(), user, People.NOBODY, 5, 1);
        var negative = body(TestUsage.IDS.next(), user, People.NOBODY, -1, 1);
        for (var body : List.of(v4, address, below, negative, "{}", "[", "{\"leaseId\":7}")) {
            assertThat(LEDGER.call("POST", "/internal/leases", Ledger.proxyToken(), body)
                            .status())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    @Test
    void ofManyAtOnceExactlyAsManyAreGrantedAsTheBalancePays() throws Exception {
        long price = People.SIGN_UP / 50;
        try (var other = LEDGER.another(Map.of("quotabank.settlement.start", "false"));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var everywhere = List.of(people, new People(other));
            var calls = new ArrayList<Callable<Answer>>();
            for (int i = 0; i < 120; i++) {
                var here = everywhere.get(i % 2);
                // Who waits too long for a connection is told 503, of which nothing comes, and asks again.
                calls.add(() -> await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptionsMatching(
                                refused -> refused.getMessage().startsWith("503 "))
                        .until(() -> here.lease(user, price, price), answer -> true));
            }
            var answers = new ArrayList<Answer>();
            for (var call : threads.invokeAll(calls)) {
                answers.add(call.get());
            }
            assertThat(answers).filteredOn(answer -> answer.granted() != null).hasSize(50);
            assertThat(people.held(user)).isEqualTo(People.SIGN_UP);
        }
    }

    private static String body(UUID lease, UUID user, String recallUrl, long need, long want) {
        return """
                {"leaseId":"%s","userId":"%s","instance":"p","recallUrl":"%s","need":%d,"want":%d,"replaced":[]}""".formatted(lease, user, recallUrl, need, want);
    }

    private static long granted(Answer answer) {
        return answer.granted().micro();
    }
}
