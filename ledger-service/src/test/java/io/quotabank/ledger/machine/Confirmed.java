package io.quotabank.ledger.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.ledger.Ledger;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What people were told that happened to their credits, by the type of the entries. */
final class Confirmed {

    // What nobody is answered for is of other types.
    private static final String BOOKED = """
            SELECT e.type::text AS type, sum(e.amount)::bigint AS amount FROM entry e JOIN account a ON a.id = e.account
            WHERE a.code = ? AND e.type IN ('recharge', 'bonus', 'consume', 'consume_refund', 'proxy_usage', 'escrow', 'trade')
              AND NOT EXISTS (SELECT FROM payment p WHERE p.id = e.transfer)
              AND NOT EXISTS (SELECT FROM credit_grant g WHERE g.transfer = e.transfer AND g.origin = 'signup')
            GROUP BY e.type
            """;

    private final List<UUID> people;
    private final Map<UUID, Map<String, Long>> sums = new ConcurrentHashMap<>();

    Confirmed(List<UUID> people) {
        this.people = people;
        people.forEach(person -> sums.put(person, new ConcurrentHashMap<>()));
    }

    void add(int person, String type, long amount) {
        if (amount > 0) {
            sums.get(people.get(person)).merge(type, amount, Long::sum);
        }
    }

    void compare(Ledger ledger) {
        sums.forEach((person, told) -> {
            var booked = new ConcurrentHashMap<String, Long>();
            ledger.jdbc()
                    .queryForList(BOOKED, "user:" + person)
                    .forEach(row -> booked.put((String) row.get("type"), (Long) row.get("amount")));
            assertThat(booked).as("of %s", person).isEqualTo(told);
        });
    }
}
