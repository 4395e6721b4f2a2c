package io.quotabank.ledger.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.quotabank.contracts.entry.EntryRecord;
import io.quotabank.ledger.Ledger;
import io.quotabank.ledger.Published;
import io.quotabank.platform.event.CloudEventRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** The topic of entries as other teams read it. */
final class EntriesTopic {

    /** All that was published so far with the keys of these people, in order per key. */
    static List<EntryRecord> of(Set<UUID> people) {
        var found = new ArrayList<EntryRecord>();
        for (var record : Published.on(EntryRecord.TOPIC)) {
            var entry = JsonMapper.shared().readValue(record.value(), EntryRecord.class);
            if (entry.userId() != null && people.contains(entry.userId())) {
                if (!record.key().equals(entry.userId().toString())
                        || !CloudEventRecords.typeOf(record).equals(EntryRecord.TYPE)) {
                    throw new AssertionError("key or type is wrong: " + record);
                }
                found.add(entry);
            }
        }
        return found;
    }

    /** The codes of all accounts of which something was published. */
    static Set<String> accounts() {
        return Published.on(EntryRecord.TOPIC).stream()
                .map(record -> JsonMapper.shared()
                        .readValue(record.value(), EntryRecord.class)
                        .account())
                .collect(Collectors.toSet());
    }

    /**
     * Before an entry comes for the first time, all earlier ones of its account have; and all are there.
     *
     * @param people all that this ledger knows
     * @return how many accounts they have
     */
    static int arrivedInOrder(Ledger ledger, Set<UUID> people) {
        var arrived = new HashMap<String, List<EntryRecord>>();
        for (var entry : of(people)) {
            var before = arrived.computeIfAbsent(entry.account(), account -> new ArrayList<>());
            assertThat(entry.seq()).as(entry.account()).isLessThanOrEqualTo(before.size() + 1);
            if (entry.seq() == before.size() + 1) {
                before.add(entry);
            }
        }
        var written = new HashMap<String, Long>();
        ledger.jdbc().query("SELECT code, seq, posted FROM account WHERE person IS NOT NULL", row -> {
            var entries = arrived.get(row.getString(1));
            assertThat(entries).as(row.getString(1)).hasSize(row.getInt(2));
            assertThat(entries.getLast().balanceAfter().micro()).isEqualTo(row.getLong(3));
            written.put(row.getString(1), row.getLong(2));
        });
        return written.size();
    }

    private EntriesTopic() {}
}
