package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.People;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** What the database says, beside what the model says. */
final class Standing {

    private static final String ACCOUNTS = """
            SELECT format('posted %s held %s backed %s lapsed %s lots %s debt %s pledged %s entries %s', a.posted, a.held, a.backed,
                          a.lapsed, greatest(0, a.lots - (a.debited - a.spread)), coalesce(d.posted, 0), a.pledged, a.seq)
            FROM unnest(?::uuid[]) WITH ORDINALITY AS p (id, place)
            JOIN account a ON a.code = 'user:' || p.id LEFT JOIN account d ON d.code = 'debt:' || p.id
            ORDER BY place
            """;

    private static final String HOLDS = """
            SELECT concat_ws(' ', h.amount, h.settled, h.released, h.settled_late, h.backed, h.status)
            FROM unnest(?::uuid[]) WITH ORDINALITY AS p (id, place) JOIN hold h ON h.id = p.id ORDER BY place
            """;

    private static final String LOTS = """
            SELECT amount - gone FROM credit_grant JOIN account a ON a.id = account WHERE a.code = ?
            ORDER BY credit_grant.created_at, transfer
            """;

    private static final String EXPIRED = """
            SELECT coalesce(sum(t.amount), 0)::bigint FROM transfer t JOIN account a ON a.id = t.debit
            WHERE (t.type = 'expiry' OR t.id IN (SELECT transfer FROM grant_claw)) AND a.code = ?
            """;

    private static final String LOSS = """
            SELECT coalesce((SELECT sum(loss) FROM settlement WHERE account = ANY (p.ids)), 0)::bigint
                 + coalesce((SELECT sum(loss) FROM settlement_correction WHERE account = ANY (p.ids)), 0)::bigint
            FROM (SELECT array_agg(id) AS ids FROM account WHERE person = ANY (?::uuid[]) AND kind = 'user') AS p
            """;

    private static final String CAPS = """
            SELECT concat_ws(' ', w.cap, w.span, w.begins, w.held, w.spent)
            FROM unnest(?::uuid[]) WITH ORDINALITY AS k (id, place) JOIN cap_window w ON w.cap = k.id
            ORDER BY place, w.span, w.begins
            """;

    /** After each step. */
    static void compare(Ledger ledger, Model model) {
        assertThat(texts(ledger, ACCOUNTS, model.people.stream().map(person -> person.id)))
                .isEqualTo(model.people.stream().map(Person::toString).toList());
        var holds = Stream.concat(model.leases.stream(), model.holds.stream()).toList();
        assertThat(texts(ledger, HOLDS, holds.stream().map(hold -> hold.id)))
                .isEqualTo(holds.stream().map(Hold::toString).toList());
        var keys = model.people.stream()
                .flatMap(person -> person.keys.stream())
                .filter(key -> !key.leases.isEmpty())
                .toList();
        assertThat(texts(ledger, CAPS, keys.stream().map(key -> key.id)))
                .isEqualTo(keys.stream().flatMap(key -> key.windows().stream()).toList());
    }

    /** At the end, once everything that was spent is taken from the lots. */
    static void compareLots(Ledger ledger, Model model, UUID owner) {
        for (var person : model.people) {
            var code = "user:" + person.id;
            assertThat(ledger.jdbc().queryForList(LOTS, Long.class, code))
                    .isEqualTo(person.lots.stream().map(lot -> lot.left).toList());
            assertThat(ledger.number(EXPIRED, code)).isEqualTo(person.expired);
        }
        assertThat(new People(ledger).earned(owner)).isEqualTo(model.earned);
        assertThat(ledger.number(LOSS, (Object) ids(model.people.stream().map(person -> person.id))))
                .isEqualTo(model.loss);
    }

    private static List<String> texts(Ledger ledger, String sql, Stream<UUID> ids) {
        return ledger.jdbc().queryForList(sql, String.class, (Object) ids(ids));
    }

    private static String ids(Stream<UUID> ids) {
        return ids.map(UUID::toString).toList().toString().replace('[', '{').replace(']', '}');
    }

    private Standing() {}
}
