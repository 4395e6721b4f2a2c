package io.quotabank.proxy.journal;

import io.quotabank.contracts.usage.UsageEvent.Funding;
import io.quotabank.proxy.journal.Entry.Attempted;
import io.quotabank.proxy.journal.Entry.Funded;
import io.quotabank.proxy.journal.Entry.Noted;
import io.quotabank.proxy.journal.Entry.Opened;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request that has opened and not closed, as far as its journal tells. */
final class OpenRequest {

    private final Opened opened;
    private final List<Attempted> attempts = new ArrayList<>();
    private @Nullable Funded funded;
    private @Nullable Noted noted;

    OpenRequest(Opened opened) {
        this.opened = opened;
    }

    Opened opened() {
        return opened;
    }

    List<Funding> funding() {
        return funded != null ? funded.funding() : opened.funding();
    }

    List<Attempted> attempts() {
        return attempts;
    }

    /** What the last attempt has delivered; null before its first bytes. */
    @Nullable
    Noted noted() {
        return noted;
    }

    /** When it was last heard of. */
    long lastAtMs() {
        long last = noted != null ? noted.atMs() : opened.startedAtMs();
        return attempts.isEmpty() ? last : Math.max(last, attempts.getLast().atMs());
    }

    void add(Funded more) {
        funded = more;
    }

    /** An attempt that was read before is not a new one: a journal carries open requests forward. */
    void add(Attempted attempt) {
        if (attempts.stream().noneMatch(known -> known.index() == attempt.index())) {
            attempts.add(attempt);
        }
    }

    void add(Noted note) {
        noted = note;
    }

    void carryForward(List<Entry> into) {
        into.add(opened);
        if (funded != null) {
            into.add(funded);
        }
        into.addAll(attempts);
        if (noted != null) {
            into.add(noted);
        }
    }
}
