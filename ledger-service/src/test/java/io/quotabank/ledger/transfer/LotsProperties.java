package io.quotabank.ledger.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quotabank.contracts.money.Credits;
import io.quotabank.ledger.account.AccountId;
import io.quotabank.ledger.account.BrokenRuleException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** What books tell of given credits, beside four plain numbers: given, paid, backed, lapsed. */
class LotsProperties {

    private static final AccountId PERSON = new AccountId(11);
    private static final AccountId OTHER = new AccountId(12);
    private static final UUID ID = new UUID(1, 2);
    private static final int[] FIRST = {0};
    private static final int LOTS = 0;
    private static final int SPREAD = 1;
    private static final int BACKED = 2;
    private static final int LAPSED = 3;
    private static final Instant LATER = Instant.parse("2026-12-01T00:00:00Z");

    private enum Kind {
        SPEND,
        /** A debit that uses nothing up. */
        TAKE,
        HOLD,
        SETTLE,
        SETTLE_BACKED,
        RELEASE,
        LAPSE,
        GIVE,
        PAY
    }

    record Step(Kind kind, long amount) {}

    private static final class Model {
        long given = 300;
        long paid = 200;
        long backed = 40;
        long lapsed;
        long held = 100;

        long posted() {
            return given + paid + backed + lapsed;
        }

        long available() {
            return posted() - held - lapsed;
        }

        void spend(long amount) {
            long fromGiven = Math.min(given, amount);
            given -= fromGiven;
            paid -= amount - fromGiven;
        }

        void take(long amount) {
            long fromPaid = Math.min(paid, amount);
            paid -= fromPaid;
            given -= amount - fromPaid;
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Kind.class), Arbitraries.longs().between(1, 120))
                .as(Step::new)
                .list()
                .ofMaxSize(40);
    }

    @Property
    void givenPaidBackedAndLapsedAreWhatThePlainNumbersSay(@ForAll("steps") List<Step> steps) {
        var model = new Model();
        var books = books(300, 40, false, null);
        for (var step : steps) {
            take(step, books, model);
            assertThat(books.posted(PERSON).micro()).as(step.toString()).isEqualTo(model.posted());
            assertThat(books.held(PERSON).micro()).as(step.toString()).isEqualTo(model.held);
            assertThat(books.available(PERSON).micro()).as(step.toString()).isEqualTo(model.available());
            assertThat(books.lapsed(PERSON).micro()).as(step.toString()).isEqualTo(model.lapsed);
            assertThat(books.heldUnbacked(PERSON).micro()).as(step.toString()).isEqualTo(model.held - model.backed);
            assertThat(left(books)).as(step.toString()).isEqualTo(model.given);
        }
    }

    private static void take(Step step, Books books, Model model) {
        long amount = step.amount();
        var credits = new Credits(amount);
        switch (step.kind()) {
            case SPEND -> {
                if (amount <= model.available()) {
                    books.transfer(ID, PERSON, OTHER, credits, TransferType.PROXY_USAGE, null);
                    model.spend(amount);
                }
            }
            case TAKE -> {
                if (amount <= model.available()) {
                    books.transfer(ID, PERSON, OTHER, credits, TransferType.EXPIRY, null);
                    model.take(amount);
                }
            }
            case HOLD -> {
                if (amount <= model.available()) {
                    books.hold(PERSON, credits);
                    model.held += amount;
                }
            }
            case SETTLE -> {
                if (amount <= model.held - model.backed) {
                    books.settle(ID, PERSON, OTHER, credits, TransferType.PROXY_USAGE);
                    model.held -= amount;
                    model.spend(amount);
                }
            }
            case SETTLE_BACKED -> {
                long fromBacked = Math.min(model.backed, amount);
                if (amount <= model.held) {
                    books.settle(ID, PERSON, OTHER, credits, new Credits(fromBacked), TransferType.PROXY_USAGE, null);
                    model.held -= amount;
                    model.backed -= fromBacked;
                    model.spend(amount - fromBacked);
                }
            }
            case RELEASE -> {
                if (amount <= model.held - model.backed) {
                    books.release(PERSON, credits);
                    model.held -= amount;
                }
            }
            case LAPSE -> {
                if (amount <= model.backed) {
                    books.release(PERSON, credits, credits);
                    model.held -= amount;
                    model.backed -= amount;
                    model.lapsed += amount;
                }
            }
            case GIVE -> {
                // As whoever changes the set of lots does: first what was spent is taken from them.
                books.spread(PERSON, new Credits(left(books)), Credits.ZERO, LATER);
                model.paid += model.lapsed;
                model.lapsed = 0;
                books.transfer(ID, OTHER, PERSON, credits, TransferType.BONUS, null);
                books.given(PERSON, credits, LATER);
                model.given += amount;
            }
            case PAY -> {
                books.transfer(ID, OTHER, PERSON, credits, TransferType.RECHARGE, null);
                model.paid += amount;
            }
        }
    }

    @Example
    void nobodyReservesOrSpendsWhereSomethingHasExpiredButWhatIsHeldSettles() {
        var books = books(300, 0, true, LATER);
        assertThatThrownBy(() -> books.available(PERSON)).isInstanceOf(DueException.class);
        assertThatThrownBy(() -> books.hold(PERSON, new Credits(1))).isInstanceOf(DueException.class);
        assertThatThrownBy(() -> books.transfer(ID, PERSON, OTHER, new Credits(1), TransferType.PROXY_USAGE, null))
                .isInstanceOf(DueException.class);
        books.settle(ID, PERSON, OTHER, new Credits(100), TransferType.PROXY_USAGE);
        books.spread(PERSON, new Credits(100), Credits.ZERO, null);
        assertThat(books.available(PERSON)).isEqualTo(new Credits(400 + 40));
    }

    @Example
    void whatIsToldOfGrantsFitsTheBalance() {
        var books = books(300, 40, false, null);
        assertThatThrownBy(() -> books.settle(
                        ID, PERSON, OTHER, new Credits(50), new Credits(41), TransferType.PROXY_USAGE, null))
                .isInstanceOf(BrokenRuleException.class);
        assertThatThrownBy(() -> books.release(PERSON, new Credits(61))).isInstanceOf(BrokenRuleException.class);
        assertThatThrownBy(() -> books.spread(PERSON, new Credits(501), Credits.ZERO, null))
                .isInstanceOf(BrokenRuleException.class);
    }

    @Example
    void theNextExpiryIsTheEarliestAndWhatLapsedIsDueAtOnce() {
        var books = books(300, 40, false, LATER);
        var only = new int[] {0};
        books.given(PERSON, new Credits(1), LATER.plusSeconds(1));
        assertThat(books.lots().nextExpiry(only)).containsExactly(LATER);
        books.given(PERSON, new Credits(1), LATER.minusSeconds(1));
        assertThat(books.lots().nextExpiry(only)).containsExactly(LATER.minusSeconds(1));
        books.given(PERSON, new Credits(1), null);
        assertThat(books.lots().nextExpiry(only)).containsExactly(LATER.minusSeconds(1));
        books.release(PERSON, new Credits(1), new Credits(1));
        assertThat(books.lots().nextExpiry(only)).containsExactly(Instant.EPOCH);
    }

    @Example
    void whatTheDatabaseHasToBeToldOfGrantsIsWhatChanged() {
        var books = books(300, 40, false, LATER);
        books.transfer(ID, PERSON, OTHER, new Credits(10), TransferType.PROXY_USAGE, null);
        books.settle(ID, PERSON, OTHER, new Credits(10), TransferType.PROXY_USAGE);
        books.release(PERSON, new Credits(1));
        assertThat(books.lots().changed())
                .as("spending is counted by the account")
                .isFalse();
        assertThat(books.lots().nextExpiry(FIRST)).containsExactly(LATER);

        books.settle(ID, PERSON, OTHER, new Credits(10), new Credits(10), TransferType.PROXY_USAGE, null);
        assertThat(books.lots().changed()).isTrue();
        assertThat(column(books, BACKED)).containsExactly(30);
        assertThat(column(books, SPREAD)).containsExactly(17);
        books.written();
        assertThat(books.lots().changed()).isFalse();
        books.transfer(ID, PERSON, OTHER, new Credits(1), TransferType.EXPIRY, null);
        assertThat(books.lots().changed()).isTrue();
        books.written();
        books.release(PERSON, new Credits(1), new Credits(1));
        assertThat(books.lots().changed()).isTrue();
        assertThat(column(books, LAPSED)).containsExactly(1);
        books.written();
        books.given(PERSON, new Credits(1), null);
        assertThat(books.lots().changed()).isTrue();
        books.written();
        books.spread(PERSON, Credits.ZERO, Credits.ZERO, null);
        assertThat(books.lots().changed()).isTrue();
        assertThat(books.lots().nextExpiry(FIRST)).containsOnlyNulls();
    }

    @Example
    void whoeverHasNoGrantsHasNothingToTellOfThem() {
        var books = books(0, 0, false, null);
        books.transfer(ID, PERSON, OTHER, new Credits(10), TransferType.EXPIRY, null);
        assertThat(books.lots().changed()).isFalse();
    }

    @Example
    void ofADebitThatSpendsNothingTheLotsBearWhatPaidCreditsLack() {
        // 540 posted: 300 of lots, 30 backed, 10 lapsed, so 200 are paid.
        var books = books(300, 40, false, null);
        books.release(PERSON, new Credits(10), new Credits(10));
        books.transfer(ID, PERSON, OTHER, new Credits(230), TransferType.RECHARGE_REFUND, null);
        assertThat(column(books, SPREAD)).containsExactly(7 + 200);
        assertThat(left(books)).isEqualTo(270);
    }

    @Example
    void whatHasLapsedIsNeitherHeldNorSpentAgain() {
        var books = books(300, 40, false, null);
        books.release(PERSON, new Credits(10), new Credits(10));
        assertThat(books.available(PERSON)).isEqualTo(new Credits(440));
        assertThatThrownBy(() -> books.hold(PERSON, new Credits(441))).isInstanceOf(BrokenRuleException.class);
        books.hold(PERSON, new Credits(440));
        assertThat(books.available(PERSON)).isEqualTo(Credits.ZERO);
    }

    @Example
    void whatHoldsGotOfExpiredLotsAddsUp() {
        var books = books(300, 40, false, null);
        books.spread(PERSON, new Credits(280), new Credits(20), null);
        assertThat(books.heldUnbacked(PERSON)).isEqualTo(new Credits(40));
    }

    @Example
    void lotsBackedAndLapsedTogetherAreNoMoreThanTheBalance() {
        var books = books(300, 40, false, null);
        books.release(PERSON, new Credits(10), new Credits(10));
        // 30 backed and 10 lapsed leave 500 for lots.
        books.given(PERSON, new Credits(200), null);
        books.release(PERSON, new Credits(1));
        books.given(PERSON, new Credits(1), null);
        assertThatThrownBy(() -> books.release(PERSON, new Credits(1))).isInstanceOf(BrokenRuleException.class);
    }

    private static long left(Books books) {
        return Math.max(0, column(books, LOTS)[0] - books.unspread(PERSON).micro());
    }

    private static long[] column(Books books, int index) {
        return books.lots().columns(FIRST).get(index);
    }

    /** 540 posted, 100 of it held, 7 debited and spread before. */
    private static Books books(long lots, long backed, boolean due, @Nullable Instant nextExpiry) {
        var books = new Books(new long[] {11, 12});
        books.put(0, true, "bronze", 540, 100, 7, 0);
        books.lots().put(0, lots, 7, backed, 0, nextExpiry, due);
        books.put(1, false, "bronze", 1_000_000, 0, 0, 0);
        return books;
    }
}
