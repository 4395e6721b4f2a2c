package io.quotabank.proxy.journal;

import io.quotabank.contracts.money.Credits;
import io.quotabank.proxy.journal.Entry.Attempted;
import io.quotabank.proxy.journal.Entry.Closed;
import io.quotabank.proxy.journal.Entry.Funded;
import io.quotabank.proxy.journal.Entry.LeaseEnded;
import io.quotabank.proxy.journal.Entry.Leased;
import io.quotabank.proxy.journal.Entry.Noted;
import io.quotabank.proxy.journal.Entry.Opened;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a journal says once its entries are read in order: the requests still open and the leases still held. The writer
 * keeps one beside its file, to carry forward; replay builds the same one from the files.
 */
final class JournalState {

    private final Map<UUID, OpenRequest> open = new LinkedHashMap<>();
    private final Map<UUID, Leased> leases = new LinkedHashMap<>();

    void apply(Entry entry) {
        switch (entry) {
            case Opened opened -> open.putIfAbsent(opened.requestId(), new OpenRequest(opened));
            case Funded funded ->
                open.computeIfPresent(funded.requestId(), (id, request) -> {
                    request.add(funded);
                    return request;
                });
            case Attempted attempted ->
                open.computeIfPresent(attempted.requestId(), (id, request) -> {
                    request.add(attempted);
                    return request;
                });
            case Noted noted ->
                open.computeIfPresent(noted.requestId(), (id, request) -> {
                    request.add(noted);
                    return request;
                });
            case Closed closed -> close(closed);
            case Leased leased -> leases.put(leased.leaseId(), leased);
            case LeaseEnded ended -> leases.remove(ended.leaseId());
        }
    }

    Collection<OpenRequest> open() {
        return open.values();
    }

    @Nullable
    OpenRequest open(UUID requestId) {
        return open.get(requestId);
    }

    Collection<Leased> leases() {
        return leases.values();
    }

    Credits spentFrom(UUID leaseId) {
        var lease = leases.get(leaseId);
        return lease == null ? Credits.ZERO : lease.spent();
    }

    /** Entries that say the same, for the head of a new file. */
    List<Entry> carriedForward() {
        var entries = new ArrayList<Entry>(leases.values());
        open.values().forEach(request -> request.carryForward(entries));
        return entries;
    }

    private void close(Closed closed) {
        open.remove(closed.requestId());
        var takes = Takes.of(closed.funding(), closed.cost());
        for (int i = 0; i < takes.size(); i++) {
            var taken = takes.get(i);
            leases.computeIfPresent(
                    closed.funding().get(i).hold(),
                    (id, lease) -> new Leased(
                            id, lease.userId(), lease.amount(), lease.spent().plus(taken), lease.sequence()));
        }
    }
}
