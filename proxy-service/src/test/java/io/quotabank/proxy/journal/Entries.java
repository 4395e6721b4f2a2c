package io.quotabank.proxy.journal;

import io.quotabank.contracts.money.Credits;
import io.quotabank.contracts.usage.TokenUsage;
import io.quotabank.contracts.usage.UsageEvent.Funding;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Any entries, of a few requests, users and leases, so that they meet. */
final class Entries {

    static Arbitrary<Entry> any() {
        return Arbitraries.oneOf(opened(), funded(), attempted(), noted(), closed(), leased(), leaseEnded());
    }

    private static Arbitrary<Entry> opened() {
        return Combinators.combine(
                        requests(),
                        users(),
                        users().injectNull(0.5),
                        texts(),
                        credits(),
                        fundings(),
                        texts().injectNull(0.5))
                .as((request, user, key, text, reserved, funding, trace) -> new Entry.Opened(
                        request,
                        user,
                        key,
                        text + "s",
                        text,
                        true,
                        reserved,
                        1_000,
                        3,
                        "bronze",
                        13_000,
                        funding,
                        trace));
    }

    private static Arbitrary<Entry> funded() {
        return Combinators.combine(requests(), fundings()).as(Entry.Funded::new);
    }

    private static Arbitrary<Entry> attempted() {
        return Combinators.combine(
                        requests(),
                        Arbitraries.longs().between(0, 5_000),
                        Arbitraries.integers().between(0, 3),
                        users(),
                        users().injectNull(0.5),
                        texts())
                .as((request, at, index, key, owner, provider) ->
                        new Entry.Attempted(request, at, index, key, owner, owner == null ? 0 : 9_500, provider));
    }

    private static Arbitrary<Entry> noted() {
        return Combinators.combine(
                        requests(),
                        Arbitraries.longs().between(0, 5_000),
                        Arbitraries.longs().between(0, 1_000),
                        credits())
                .as((request, at, tokens, cost) ->
                        new Entry.Noted(request, at, TokenUsage.of(tokens, tokens), cost, cost));
    }

    private static Arbitrary<Entry> closed() {
        return Combinators.combine(requests(), users(), credits(), fundings(), texts().injectNull(0.5))
                .as((request, user, cost, funding, trace) -> new Entry.Closed(
                        request,
                        user,
                        2_000,
                        cost,
                        funding,
                        trace,
                        Journals.JSON.writeValueAsBytes(Journals.closed(request, user, cost.micro(), funding))));
    }

    private static Arbitrary<Entry> leased() {
        return Combinators.combine(
                        leases(), users(), credits(), Arbitraries.longs().between(0, 9))
                .as((lease, user, amount, sequence) -> new Entry.Leased(lease, user, amount, Credits.ZERO, sequence));
    }

    private static Arbitrary<Entry> leaseEnded() {
        return leases().map(Entry.LeaseEnded::new);
    }

    private static Arbitrary<List<Funding>> fundings() {
        return Combinators.combine(leases(), credits()).as(Funding::new).list().ofMaxSize(3);
    }

    private static Arbitrary<Credits> credits() {
        return Arbitraries.longs().between(0, 10_000).map(Credits::new);
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.strings().ofMaxLength(20);
    }

    private static Arbitrary<UUID> requests() {
        return Arbitraries.integers().between(1, 12).map(number -> new UUID(1, number));
    }

    private static Arbitrary<UUID> users() {
        return Arbitraries.integers().between(1, 3).map(number -> new UUID(2, number));
    }

    private static Arbitrary<UUID> leases() {
        return Arbitraries.integers().between(1, 4).map(number -> new UUID(3, number));
    }

    private Entries() {}
}
