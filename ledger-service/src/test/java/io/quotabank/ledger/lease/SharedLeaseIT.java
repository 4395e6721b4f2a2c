package io.quotabank.ledger.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.accesskey.SpendingCap;
import io.quotabank.contracts.lease.LedgerLeases.Answer;
import io.quotabank.contracts.lease.LedgerLeases.Open;
import io.quotabank.contracts.lease.LedgerLeases.Statement;
import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Ledger.Response;
import io.quotabank.ledger.People;
import io.quotabank.ledger.TestUsage;
import io.quotabank.ledger.grant.Grants;
import io.quotabank.ledger.group.Gathering;
import io.quotabank.ledger.group.Statements;
import io.quotabank.ledger.group.Turn;
import io.quotabank.ledger.lease.Bookings.Asked;
import io.quotabank.ledger.lease.Bookings.Booked;
import io.quotabank.ledger.transfer.Transfers;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Openings and statements that come at once: one transaction, and each is answered as if it had come in its turn. */
class SharedLeaseIT {

    private static final Ledger LEDGER = Ledger.shared();
    private static final long ALL = People.SIGN_UP;

    private final People people = new People(LEDGER);
    private final UUID user = UUID.randomUUID();
    private final List<Callable<Response>> requests = new ArrayList<>();

    @AfterEach
    void theBooksAgree() {
        assertThat(LEDGER.differences()).isEmpty();
    }

    @Test
    void openingsOfOnePersonEachGetWhatThoseBeforeThemLeft() {
        people.lease(user, ALL - 1_000, ALL - 1_000);
        opening(user, 600, 600);
        opening(user, 401, 401);
        opening(user, 300, 300);
        opening(user, 1, 1_000);
        opening(user, 50, 1_000);
        opening(user, 51, 1_000);

        var answers = answers();

        assertThat(answers).extracting(SharedLeaseIT::granted).containsExactly(600L, null, 300L, 50L, 50L, null);
        // The refused ones were tried once more, after what the others left.
        assertThat(answers)
                .extracting(answer -> answer.available().micro())
                .containsExactly(400L, 0L, 100L, 50L, 0L, 0L);
        assertThat(people.held(user)).isEqualTo(ALL);
    }

    @Test
    void oneLeaseIdIsOpenedOnceHoweverOftenItIsAskedForAtOnce() {
        var lease = TestUsage.IDS.next();
        for (long want : List.of(1_000L, 5_000L, 10L)) {
            opening(lease, user, null, 10, want);
        }
        assertThat(answers()).extracting(SharedLeaseIT::granted).containsExactly(1_000L, 1_000L, 1_000L);
        assertThat(people.held(user)).isEqualTo(1_000);
        assertThat(LEDGER.number("SELECT count(*) FROM hold WHERE id = ?", lease))
                .isOne();
    }

    @Test
    void whatIsStatedAtTheSameTimeIsThereForThoseWhoOpen() {
        var replacing = UUID.randomUUID();
        var old = people.lease(user, ALL, ALL).leaseId();
        var replaced = people.lease(replacing, ALL, ALL).leaseId();
        opening(user, ALL - 100, ALL);
        opening(replacing, ALL - 7, ALL, People.statement(replaced, 1, 7, true));
        // Another person's lease, of which an opening can say nothing.
        opening(UUID.randomUUID(), 1, 1, People.statement(old, 9, 5_000, true));
        stating(People.statement(old, 1, 100, true));
        stating(People.statement(old, 1, 0, true));
        stating(People.statement(old, 2, 90, true));
        stating(People.statement(TestUsage.IDS.next(), 1, 0, true));

        var responses = together(user, replacing);

        assertThat(responses).extracting(Response::status).containsExactly(200, 200, 200, 200, 200, 200, 404);
        assertThat(answer(responses.get(0)).granted()).isEqualTo(new Credits(ALL - 100));
        assertThat(answer(responses.get(0)).balance()).isEqualTo(new Credits(ALL - 90));
        assertThat(answer(responses.get(1)).granted()).isEqualTo(new Credits(ALL - 7));
        assertThat(people.held(user)).isEqualTo(ALL - 10);
        assertThat(people.held(replacing)).isEqualTo(ALL);
        assertThat(LEDGER.number("SELECT statement_seq FROM hold WHERE id = ?", old))
                .isEqualTo(2);
    }

    @Test
    void openingsUnderOneCapEachGetWhatThoseBeforeThemLeftOfItsNewestLimits() {
        var key = TestUsage.IDS.next();
        var first = people.lease(user, cap(key, 1, 1_000), 100, 100).leaseId();
        var otherKey = TestUsage.IDS.next();
        opening(TestUsage.IDS.next(), user, cap(key, 1, 1_000), 700, 700);
        opening(TestUsage.IDS.next(), user, cap(otherKey, 1, 50), 50, 1_000);
        opening(TestUsage.IDS.next(), user, cap(key, 3, 1_100), 301, 301, People.statement(first, 1, 0, true));
        opening(TestUsage.IDS.next(), user, cap(key, 3, 1_100), 400, 400);
        opening(TestUsage.IDS.next(), user, cap(key, 2, 5_000), 100, 100);
        opening(user, 10, 10);

        var answers = answers();

        assertThat(answers).extracting(SharedLeaseIT::granted).containsExactly(700L, 50L, 301L, null, null, 10L);
        assertThat(answers)
                .extracting(answer ->
                        answer.capLeft() == null ? null : answer.capLeft().micro())
                .containsExactly(400L, 0L, 99L, 99L, 99L, null);
        assertThat(people.capHeld(key)).isEqualTo(1_001);
        assertThat(people.capHeld(otherKey)).isEqualTo(50);
        assertThat(LEDGER.number("SELECT version FROM cap WHERE id = ?", key)).isEqualTo(3);
    }

    @Test
    void whoBreaksARuleHarmsNoOther() {
        var stranger = UUID.randomUUID();
        var lease = people.lease(stranger, 10, 10).leaseId();
        var key = TestUsage.IDS.next();
        people.lease(stranger, cap(key, 1, 1_000), 10, 10);
        var own = people.lease(user, 500, 500).leaseId();
        opening(user, 100, 100);
        opening(lease, user, null, 10, 10);
        opening(TestUsage.IDS.next(), user, cap(key, 2, 1_000), 10, 10);
        stating(People.statement(own, 1, 200, true));
        opening(UUID.randomUUID(), 30, 30);

        assertThat(gathered()).extracting(Response::status).containsExactly(200, 400, 400, 200, 200);

        assertThat(people.held(user)).isEqualTo(300);
        assertThat(people.held(stranger)).isEqualTo(20);
        assertThat(LEDGER.number("SELECT version FROM cap WHERE id = ?", key)).isOne();
    }

    @Test
    void manyTakeAsManyStatementsOfSqlAsTwo() {
        assertThat(statements(40)).isEqualTo(statements(2)).isPositive();
    }

    /** For so many who replace a lease by one under a cap, and as many who state something. */
    private long statements(int each) {
        var turns = new ArrayList<Turn<Asked, Booked>>();
        for (int i = 0; i < each; i++) {
            var person = UUID.randomUUID();
            var replaced = people.lease(person, cap(TestUsage.IDS.next(), 1, 50), 10, 10);
            var stated = people.lease(person, 10, 10);
            var open = open(TestUsage.IDS.next(), person, cap(TestUsage.IDS.next(), 1, 50), 10, 10);
            var account = LEDGER.bean(Grants.class).welcome(person);
            turns.add(new Turn<>(
                    new Asked.Opening(open, account, List.of(People.statement(replaced.leaseId(), 1, 5, true)))));
            turns.add(new Turn<>(new Asked.Stating(List.of(People.statement(stated.leaseId(), 1, 5, true)))));
        }
        var bookings = LEDGER.bean(Bookings.class);
        return Statements.counted(() -> LEDGER.bean(Transfers.class).inTransaction(() -> {
            bookings.book(turns);
            return turns;
        }));
    }

    private void opening(UUID person, long need, long want, Statement... replaced) {
        opening(TestUsage.IDS.next(), person, null, need, want, replaced);
    }

    private void opening(
            UUID lease, UUID person, @Nullable SpendingCap cap, long need, long want, Statement... replaced) {
        People.signUp(LEDGER, person);
        var open = open(lease, person, cap, need, want, replaced);
        requests.add(() -> post("/internal/leases", open));
    }

    private static Open open(
            UUID lease, UUID person, @Nullable SpendingCap cap, long need, long want, Statement... replaced) {
        return new Open(
                lease, person, "proxy-1", People.NOBODY, new Credits(need), new Credits(want), List.of(replaced), cap);
    }

    private void stating(Statement statement) {
        requests.add(() -> post("/internal/leases/" + statement.leaseId() + "/statements", statement));
    }

    private static Response post(String path, Object body) {
        return LEDGER.call(
                "POST", path, Ledger.proxyToken(), JsonMapper.shared().writeValueAsString(body));
    }

    /** All of this one person, and beside them of somebody else, so that there are two accounts to compare. */
    private List<Answer> answers() {
        var other = UUID.randomUUID();
        opening(other, 10, 10);
        var responses = together(user, other);
        return responses.stream()
                .limit(responses.size() - 1)
                .map(SharedLeaseIT::answer)
                .toList();
    }

    private List<Response> together(UUID... changed) {
        var responses = gathered();
        assertThat(Gathering.transactions(LEDGER, Stream.of(changed).toList())).isOne();
        return responses;
    }

    private List<Response> gathered() {
        return Gathering.together(LEDGER.bean(Bookings.class).together, requests);
    }

    private static Answer answer(Response response) {
        return JsonMapper.shared().treeToValue(response.body(), Answer.class);
    }

    private static SpendingCap cap(UUID key, long version, long total) {
        return new SpendingCap(key, version, new Credits(total), null, null);
    }

    private static @Nullable Long granted(Answer answer) {
        return answer.granted() == null ? null : answer.granted().micro();
    }
}
